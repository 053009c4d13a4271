"""Count usage

Revision ID: a3f5a8635cbb
Revises: 19cf7b6b9d4c
Create Date: 2021-01-01 10:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = 'a3f5a8635cbb'
down_revision = '19cf7b6b9d4c'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'usage_events',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('record_id', sa.Integer(), sa.ForeignKey('rdm_records_metadata.id')),
    )


def downgrade():
    op.drop_table('usage_events')
