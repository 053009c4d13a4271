"""people have a name to show

Revision ID: 5f5b4a9ac35c
Revises: 3a7029aed67
Create Date: 2016-02-06 10:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = '5f5b4a9ac35c'
down_revision = '3a7029aed67'
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column('person', 'name', new_column_name='display_name')


def downgrade():
    op.alter_column('person', 'display_name', new_column_name='name')
