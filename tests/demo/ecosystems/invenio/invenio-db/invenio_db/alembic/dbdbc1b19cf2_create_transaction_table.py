"""Create transaction table

Revision ID: dbdbc1b19cf2
Revises: 
Create Date: 2016-08-08 10:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = 'dbdbc1b19cf2'
down_revision = None
branch_labels = ('invenio_db',)
depends_on = None


def upgrade():
    op.create_table(
        'transaction',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('issued_at', sa.DateTime()),
    )


def downgrade():
    op.drop_table('transaction')
