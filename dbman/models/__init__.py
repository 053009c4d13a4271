"""The models of the extensions: imported, and joined in one metadata."""

from __future__ import annotations

from dbman.models.joined import joined_metadata, keep_listeners
from dbman.models.loading import load
from dbman.models.results import LoadedExtension, LoadedModels

__all__ = ["LoadedExtension", "LoadedModels", "joined_metadata", "keep_listeners", "load"]
