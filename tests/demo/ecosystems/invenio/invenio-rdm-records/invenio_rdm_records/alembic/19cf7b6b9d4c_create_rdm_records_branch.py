"""Create RDM records branch

Revision ID: 19cf7b6b9d4c
Revises: 
Create Date: 2020-01-01 10:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = '19cf7b6b9d4c'
down_revision = None
branch_labels = ('invenio_rdm_records',)
depends_on = 'e12419831262'


def upgrade():
    op.create_table(
        'rdm_records_metadata',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('owner_id', sa.Integer(), sa.ForeignKey('accounts_user.id')),
    )


def downgrade():
    op.drop_table('rdm_records_metadata')
