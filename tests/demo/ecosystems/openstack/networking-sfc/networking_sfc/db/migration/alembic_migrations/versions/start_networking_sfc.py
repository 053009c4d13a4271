"""start networking-sfc chain

Revision ID: start_networking_sfc
Revises: 
Create Date: 2015-05-01 00:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = 'start_networking_sfc'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
