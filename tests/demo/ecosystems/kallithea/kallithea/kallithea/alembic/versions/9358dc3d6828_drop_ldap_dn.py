"""nobody reads ldap_dn

Revision ID: 9358dc3d6828
Revises: 
Create Date: 2016-03-01 10:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = '9358dc3d6828'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.drop_column('users', 'ldap_dn')


def downgrade():
    op.add_column('users', sa.Column('ldap_dn', sa.String(255)))
