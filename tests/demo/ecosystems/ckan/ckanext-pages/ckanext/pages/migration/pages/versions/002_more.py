"""Pages have a language

Revision ID: 002
Revises: 001
Create Date: 2017-02-01 10:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = '002'
down_revision = '001'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('pages_page', sa.Column('lang', sa.String(5)))


def downgrade():
    op.drop_column('pages_page', 'lang')
