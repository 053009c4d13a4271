"""The models of the plug-in, in a schema of its own."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID
from indico.db import Base


class Payment(Base):
    __tablename__ = "payments"
    __table_args__ = {"schema": "plugin_payment_paypal"}

    id = sa.Column(UUID, primary_key=True, server_default=sa.func.gen_random_uuid())
    event_id = sa.Column(sa.Integer, sa.ForeignKey("events.events.id"), nullable=False)
