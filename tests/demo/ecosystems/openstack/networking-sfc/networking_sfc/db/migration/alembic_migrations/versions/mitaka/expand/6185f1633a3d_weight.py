"""chains have a weight

Revision ID: 6185f1633a3d
Revises: 24fc7241aa5
Create Date: 2016-01-01 00:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = '6185f1633a3d'
down_revision = '24fc7241aa5'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('sfc_chains', sa.Column('weight', sa.Integer()))


def downgrade():
    op.drop_column('sfc_chains', 'weight')
