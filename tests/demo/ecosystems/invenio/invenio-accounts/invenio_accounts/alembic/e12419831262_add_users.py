"""Add users

Revision ID: e12419831262
Revises: 9848d0149abd
Create Date: 2016-09-09 10:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = 'e12419831262'
down_revision = '9848d0149abd'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'accounts_user',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('email', sa.String(255), nullable=False),
        sa.Column('active', sa.Boolean()),
    )


def downgrade():
    op.drop_table('accounts_user')
