"""leases

Revision ID: 4a8a3ee8cd5f
Revises: 
Create Date: 2015-06-15 10:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = '4a8a3ee8cd5f'
down_revision = None
branch_labels = ('janitoo_dhcp',)
depends_on = '27f2b5f3c8ce'


def upgrade():
    op.create_table(
        'dhcp_lease',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('user_id', sa.Integer(), sa.ForeignKey('jnt_users.id'), nullable=False),
        sa.Column('address', sa.String(40)),
    )


def downgrade():
    op.drop_table('dhcp_lease')
