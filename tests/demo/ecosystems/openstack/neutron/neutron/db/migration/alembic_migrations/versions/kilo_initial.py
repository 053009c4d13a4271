"""kilo_initial

Revision ID: kilo
Revises: 
Create Date: 2015-04-16 00:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = 'kilo'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'ports',
        sa.Column('id', sa.String(36), primary_key=True),
        sa.Column('name', sa.String(255)),
    )


def downgrade():
    op.drop_table('ports')
