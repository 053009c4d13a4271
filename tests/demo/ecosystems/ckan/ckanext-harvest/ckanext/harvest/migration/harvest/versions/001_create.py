"""Create harvest_job

Revision ID: 001
Revises: 
Create Date: 2017-01-01 10:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = '001'
down_revision = None
branch_labels = ('initial',)
depends_on = None


def upgrade():
    op.create_table(
        'harvest_job',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('package_id', sa.Integer(), sa.ForeignKey('package.id')),
    )


def downgrade():
    op.drop_table('harvest_job')
