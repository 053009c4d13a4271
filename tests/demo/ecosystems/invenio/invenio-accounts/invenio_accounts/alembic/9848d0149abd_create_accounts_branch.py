"""Create accounts branch

Revision ID: 9848d0149abd
Revises: 
Create Date: 2016-08-09 10:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = '9848d0149abd'
down_revision = None
branch_labels = ('invenio_accounts',)
depends_on = 'dbdbc1b19cf2'


def upgrade():
    pass


def downgrade():
    pass
