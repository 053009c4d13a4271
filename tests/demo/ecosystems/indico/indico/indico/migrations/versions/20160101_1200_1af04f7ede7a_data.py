"""Events have data

Revision ID: 1af04f7ede7a
Revises: 2af245be72a6
Create Date: 2016-01-01 12:00:00

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '1af04f7ede7a'
down_revision = '2af245be72a6'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        'events',
        sa.Column('data', postgresql.JSONB(), nullable=False, server_default='{}'),
        schema='events',
    )
    op.alter_column('events', 'data', server_default=None, schema='events')


def downgrade():
    op.drop_column('events', 'data', schema='events')
