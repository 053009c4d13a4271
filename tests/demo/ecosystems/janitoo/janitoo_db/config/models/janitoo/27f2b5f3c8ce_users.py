"""users

Revision ID: 27f2b5f3c8ce
Revises: 
Create Date: 2015-06-01 10:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = '27f2b5f3c8ce'
down_revision = None
branch_labels = ('janitoo',)
depends_on = None


def upgrade():
    op.create_table(
        'jnt_users',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('name', sa.String(40), nullable=False),
    )


def downgrade():
    op.drop_table('jnt_users')
