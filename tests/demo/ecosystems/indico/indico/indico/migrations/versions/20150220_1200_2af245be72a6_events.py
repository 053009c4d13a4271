"""Events

Revision ID: 2af245be72a6
Revises: 
Create Date: 2015-02-20 12:00:00

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '2af245be72a6'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute('CREATE SCHEMA events')
    op.create_table(
        'events',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('title', sa.String(), nullable=False),
        sa.Column('keywords', postgresql.ARRAY(sa.String())),
        schema='events',
    )


def downgrade():
    op.drop_table('events', schema='events')
    op.execute('DROP SCHEMA events')
