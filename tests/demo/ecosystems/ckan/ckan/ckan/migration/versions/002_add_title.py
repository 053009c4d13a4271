"""Packages have a title

Revision ID: 002
Revises: 001
Create Date: 2018-09-05 10:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = '002'
down_revision = '001'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('package', sa.Column('title', sa.String(100)))


def downgrade():
    op.drop_column('package', 'title')
