"""Create pages_page

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
        'pages_page',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('name', sa.String(80), nullable=False),
    )


def downgrade():
    op.drop_table('pages_page')
