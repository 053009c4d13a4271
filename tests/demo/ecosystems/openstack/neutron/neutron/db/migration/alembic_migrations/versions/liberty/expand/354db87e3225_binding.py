"""ports are bound

Revision ID: 354db87e3225
Revises: kilo
Create Date: 2015-06-01 00:00:00

"""

from alembic import op
import sqlalchemy as sa
from neutron.db.migration import cli

revision = '354db87e3225'
down_revision = 'kilo'
branch_labels = (cli.EXPAND_BRANCH,)
depends_on = None


def upgrade():
    op.add_column('ports', sa.Column('binding', sa.String(64)))


def downgrade():
    op.drop_column('ports', 'binding')
