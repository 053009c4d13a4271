"""All models."""

from neutron.db import model_base
from neutron.db.models import port  # noqa: F401


def get_metadata():
    return model_base.BASEV2.metadata
