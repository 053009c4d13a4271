"""Jobs have a state

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
    op.add_column('harvest_job', sa.Column('state', sa.String(20)))


def downgrade():
    op.drop_column('harvest_job', 'state')
