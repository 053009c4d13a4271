"""Create drafts branch

Revision ID: 5c1d4a8b6e30
Revises: 
Create Date: 2019-06-01 10:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = '5c1d4a8b6e30'
down_revision = None
branch_labels = ('drafts',)
depends_on = None


def upgrade():
    op.create_table(
        'rdm_drafts_metadata',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('record_id', sa.Integer(), sa.ForeignKey('rdm_records_metadata.id')),
    )


def downgrade():
    op.drop_table('rdm_drafts_metadata')
