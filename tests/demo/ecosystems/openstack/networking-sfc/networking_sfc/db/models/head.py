"""All models."""

from neutron.db import model_base
from networking_sfc.db.models import chain  # noqa: F401


def get_metadata():
    return model_base.BASEV2.metadata
