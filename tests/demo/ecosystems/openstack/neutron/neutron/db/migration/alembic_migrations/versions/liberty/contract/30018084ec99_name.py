"""a port has a name

Revision ID: 30018084ec99
Revises: kilo
Create Date: 2015-06-02 00:00:00

"""

from alembic import op
import sqlalchemy as sa
from neutron.db.migration import cli

revision = '30018084ec99'
down_revision = 'kilo'
branch_labels = (cli.CONTRACT_BRANCH,)
depends_on = ('354db87e3225',)


def upgrade():
    op.alter_column('ports', 'name', existing_type=sa.String(255), nullable=False)


def downgrade():
    op.alter_column('ports', 'name', existing_type=sa.String(255), nullable=True)
