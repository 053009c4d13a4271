"""chains

Revision ID: 24fc7241aa5
Revises: start_networking_sfc
Create Date: 2015-06-01 00:00:00

"""

from alembic import op
import sqlalchemy as sa
from neutron.db.migration import cli

revision = '24fc7241aa5'
down_revision = 'start_networking_sfc'
branch_labels = (cli.EXPAND_BRANCH,)
depends_on = None


def upgrade():
    op.create_table(
        'sfc_chains',
        sa.Column('id', sa.String(36), primary_key=True),
        sa.Column('port_id', sa.String(36), sa.ForeignKey('ports.id')),
    )


def downgrade():
    op.drop_table('sfc_chains')
