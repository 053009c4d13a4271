"""one device for every user

Revision ID: d49a087dc33e
Revises: 4b43bcd753fd
Create Date: 2023-01-26 09:54:11.342561

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = 'd49a087dc33e'
down_revision = '4b43bcd753fd'
branch_labels = None
depends_on = None

user = sa.table('user', sa.column('id', sa.Integer))
device = sa.table('gadget_device', sa.column('user_id', sa.Integer), sa.column('name', sa.String))


def upgrade() -> None:
    op.execute(
        device.insert().from_select(['user_id', 'name'], sa.select(user.c.id, sa.literal_column("'first'")))
    )


def downgrade() -> None:
    op.execute(device.delete().where(device.c.name == 'first'))
