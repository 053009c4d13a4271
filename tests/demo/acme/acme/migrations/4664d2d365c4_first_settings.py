"""first settings

Revision ID: 4664d2d365c4
Revises: 92cbfb0b62f2
Create Date: 2025-08-26 15:44:51.473142

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '4664d2d365c4'
down_revision: Union[str, Sequence[str], None] = '92cbfb0b62f2'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None

setting = sa.table('setting', sa.column('name', sa.String), sa.column('value', sa.String))


def upgrade() -> None:
    """Upgrade schema."""
    op.bulk_insert(setting, [
        {'name': 'currency', 'value': 'EUR'},
        {'name': 'language', 'value': 'en'},
    ])


def downgrade() -> None:
    """Downgrade schema."""
    op.execute(setting.delete().where(setting.c.name.in_(['currency', 'language'])))
