"""rename parameter to setting

Revision ID: 460009ba91e4
Revises: 9666a3a8c6e7
Create Date: 2023-10-02 10:40:16.498172

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '460009ba91e4'
down_revision: Union[str, None] = '9666a3a8c6e7'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.rename_table('parameter', 'setting')


def downgrade() -> None:
    op.rename_table('setting', 'parameter')
