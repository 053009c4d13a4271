"""every product has a category

Revision ID: 2b90f220e83d
Revises: b5dc2c7e0e42
Create Date: 2023-05-03 09:33:41.044928

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '2b90f220e83d'
down_revision = 'b5dc2c7e0e42'
branch_labels = None
depends_on = None

category = sa.table('category', sa.column('id', sa.Integer), sa.column('title', sa.String))
product = sa.table('product', sa.column('category_id', sa.Integer))


def upgrade() -> None:
    general = (
        sa.select(sa.func.min(category.c.id)).where(category.c.title == 'General').scalar_subquery()
    )
    op.execute(
        product.update().where(product.c.category_id.is_(None)).values(category_id=general)
    )
    with op.batch_alter_table('product', schema=None) as batch_op:
        batch_op.alter_column('category_id',
               existing_type=sa.INTEGER(),
               nullable=False)


def downgrade() -> None:
    with op.batch_alter_table('product', schema=None) as batch_op:
        batch_op.alter_column('category_id',
               existing_type=sa.INTEGER(),
               nullable=True)
