"""first tables

Revision ID: 5f2b87474433
Revises: 
Create Date: 2015-02-01 10:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = '5f2b87474433'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'tempmon_client',
        sa.Column('uuid', sa.String(32), primary_key=True),
        sa.Column('person_uuid', sa.String(32), sa.ForeignKey('person.uuid')),
    )


def downgrade():
    op.drop_table('tempmon_client')
