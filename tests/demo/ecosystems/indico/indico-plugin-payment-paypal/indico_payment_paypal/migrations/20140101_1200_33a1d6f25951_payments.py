"""Payments

Revision ID: 33a1d6f25951
Revises: 
Create Date: 2014-01-01 12:00:00

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '33a1d6f25951'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute(sa.schema.CreateSchema('plugin_payment_paypal'))
    op.create_table(
        'payments',
        sa.Column('id', postgresql.UUID(), primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column('event_id', sa.Integer(), sa.ForeignKey('events.events.id'), nullable=False),
        schema='plugin_payment_paypal',
    )


def downgrade():
    op.drop_table('payments', schema='plugin_payment_paypal')
    op.execute(sa.schema.DropSchema('plugin_payment_paypal'))
