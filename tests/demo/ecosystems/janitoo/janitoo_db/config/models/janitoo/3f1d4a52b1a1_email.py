"""users have an address

Revision ID: 3f1d4a52b1a1
Revises: 27f2b5f3c8ce
Create Date: 2015-07-01 10:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = '3f1d4a52b1a1'
down_revision = '27f2b5f3c8ce'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('jnt_users', sa.Column('email', sa.String(200)))


def downgrade():
    op.drop_column('jnt_users', 'email')
