"""keys

Revision ID: b74907136bc1
Revises: 9358dc3d6828
Create Date: 2017-01-01 10:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = 'b74907136bc1'
down_revision = '9358dc3d6828'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'user_ssh_keys',
        sa.Column('user_ssh_key_id', sa.Integer(), primary_key=True),
        sa.Column('user_id', sa.Integer(), sa.ForeignKey('users.user_id'), nullable=False),
    )


def downgrade():
    op.drop_table('user_ssh_keys')
