"""nothing to contract

Revision ID: 48072cb59133
Revises: start_networking_sfc
Create Date: 2015-06-01 00:00:00

"""

from alembic import op
import sqlalchemy as sa
from neutron.db.migration import cli

revision = '48072cb59133'
down_revision = 'start_networking_sfc'
branch_labels = (cli.CONTRACT_BRANCH,)
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
