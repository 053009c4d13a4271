"""rename title of product to name

Revision ID: 9666a3a8c6e7
Revises: 33222fd9459c
Create Date: 2023-09-19 16:02:33.902452

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '9666a3a8c6e7'
down_revision: Union[str, None] = '33222fd9459c'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    with op.batch_alter_table('product', schema=None) as batch_op:
        batch_op.alter_column('title',
               existing_type=sa.String(length=120),
               existing_nullable=False,
               new_column_name='name')


def downgrade() -> None:
    with op.batch_alter_table('product', schema=None) as batch_op:
        batch_op.alter_column('name',
               existing_type=sa.String(length=120),
               existing_nullable=False,
               new_column_name='title')
