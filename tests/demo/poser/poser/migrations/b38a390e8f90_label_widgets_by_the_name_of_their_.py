"""label widgets by the name of their product

Revision ID: b38a390e8f90
Revises: 4bd4eb8c74b1
Create Date: 2023-12-12 11:48:15.366335

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'b38a390e8f90'
down_revision: Union[str, None] = '4bd4eb8c74b1'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = '9666a3a8c6e7'

product = sa.table('product', sa.column('id', sa.Integer), sa.column('name', sa.String))
widget = sa.table('poser_widget', sa.column('product_id', sa.Integer), sa.column('label', sa.String))


def upgrade() -> None:
    with op.batch_alter_table('poser_widget', schema=None) as batch_op:
        batch_op.add_column(sa.Column('label', sa.String(length=200), nullable=True))

    name = sa.select(product.c.name).where(product.c.id == widget.c.product_id).scalar_subquery()
    op.execute(widget.update().values(label=name))


def downgrade() -> None:
    with op.batch_alter_table('poser_widget', schema=None) as batch_op:
        batch_op.drop_column('label')
