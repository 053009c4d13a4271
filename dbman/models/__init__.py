"""The models of the extensions: imported, and joined in one metadata."""

from __future__ import annotations

from dbman.models.joined import has_listeners, joined_metadata, keep_listeners
from dbman.models.loading import load
from dbman.models.results import LoadedExtension, LoadedModels
from dbman.models.suspicion import are_suspect

__all__ = [
    "LoadedExtension",
    "LoadedModels",
    "are_suspect",
    "has_listeners",
    "joined_metadata",
    "keep_listeners",
    "load",
]
