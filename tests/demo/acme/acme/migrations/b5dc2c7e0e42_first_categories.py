"""first categories

Revision ID: b5dc2c7e0e42
Revises: c041e7411736
Create Date: 2023-04-18 15:27:12.948724

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = 'b5dc2c7e0e42'
down_revision = 'c041e7411736'
branch_labels = None
depends_on = None

category = sa.table('category', sa.column('title', sa.String))


def upgrade() -> None:
    op.bulk_insert(category, [
        {'title': 'General'},
        {'title': 'Garden'},
        {'title': 'Kitchen'},
    ])


def downgrade() -> None:
    op.execute(category.delete().where(category.c.title.in_(['General', 'Garden', 'Kitchen'])))
