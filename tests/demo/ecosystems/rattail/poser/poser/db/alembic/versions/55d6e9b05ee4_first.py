"""first tables

Revision ID: 55d6e9b05ee4
Revises: 
Create Date: 2015-01-01 10:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = '55d6e9b05ee4'
down_revision = None
branch_labels = ('poser',)
depends_on = None


def upgrade():
    op.create_table(
        'poser_widget',
        sa.Column('uuid', sa.String(32), primary_key=True),
        sa.Column('person_uuid', sa.String(32), sa.ForeignKey('person.uuid')),
    )


def downgrade():
    op.drop_table('poser_widget')
