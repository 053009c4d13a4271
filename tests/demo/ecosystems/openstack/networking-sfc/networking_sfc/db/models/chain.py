"""Chains of ports."""

import sqlalchemy as sa
from neutron.db import model_base


class Chain(model_base.BASEV2):
    __tablename__ = "sfc_chains"

    id = sa.Column(sa.String(36), primary_key=True)
    port_id = sa.Column(sa.String(36), sa.ForeignKey("ports.id"))
    weight = sa.Column(sa.Integer)
