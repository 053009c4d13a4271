"""every product has a price

Revision ID: be3bb7c217bf
Revises: 6b2db8943f0d
Create Date: 2025-03-04 10:07:08.750516

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'be3bb7c217bf'
down_revision: Union[str, None] = '6b2db8943f0d'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.execute("UPDATE product SET price = 0 WHERE price IS NULL")
    op.execute("INSERT INTO price_change (product_id, price) SELECT id, price FROM product")
    with op.batch_alter_table('product', schema=None) as batch_op:
        batch_op.alter_column('price',
               existing_type=sa.NUMERIC(precision=10, scale=2),
               nullable=False)


def downgrade() -> None:
    with op.batch_alter_table('product', schema=None) as batch_op:
        batch_op.alter_column('price',
               existing_type=sa.NUMERIC(precision=10, scale=2),
               nullable=True)
    op.execute("DELETE FROM price_change")
