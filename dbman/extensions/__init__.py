"""Extensions: what their authors write, and finding the installed ones without importing them."""

from __future__ import annotations

from dbman.extensions.contract import Extension, InstalledExtension
from dbman.extensions.discovery import discover

__all__ = ["Extension", "InstalledExtension", "discover"]
