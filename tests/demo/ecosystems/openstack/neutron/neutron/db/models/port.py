"""Ports."""

import sqlalchemy as sa

from neutron.db import model_base


class Port(model_base.BASEV2):
    __tablename__ = "ports"

    id = sa.Column(sa.String(36), primary_key=True)
    name = sa.Column(sa.String(255), nullable=False)
    binding = sa.Column(sa.String(64))
