"""person

Revision ID: 3a7029aed67
Revises: 
Create Date: 2015-12-06 10:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = '3a7029aed67'
down_revision = None
branch_labels = ('rattail',)
depends_on = None


def upgrade():
    op.create_table(
        'person',
        sa.Column('uuid', sa.String(32), primary_key=True),
        sa.Column('name', sa.String(100)),
    )


def downgrade():
    op.drop_table('person')
