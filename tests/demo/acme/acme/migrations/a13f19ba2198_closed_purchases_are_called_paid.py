"""closed purchases are called paid

Revision ID: a13f19ba2198
Revises: e217c94605de
Create Date: 2024-05-15 13:41:05.079179

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'a13f19ba2198'
down_revision: Union[str, None] = 'e217c94605de'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None

purchase = sa.table('purchase', sa.column('status', sa.String))


def upgrade() -> None:
    op.execute(purchase.update().where(purchase.c.status == 'closed').values(status='paid'))


def downgrade() -> None:
    op.execute(purchase.update().where(purchase.c.status == 'paid').values(status='closed'))
