"""Add existing tables

Revision ID: 001
Revises: 
Create Date: 2018-09-04 10:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = '001'
down_revision = None
branch_labels = ('initial',)
depends_on = None


def upgrade():
    op.create_table('package', sa.Column('id', sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table('package')
