"""Manage the one database of a core application and its plug-in extensions, offline.

`Extension` is what an entry point of the group ``dbman.extensions`` points at; `Manager` runs
every command from Python. Importing this package imports neither SQLAlchemy nor Alembic.

PYTEST_DONT_REWRITE: pytest, of which dbman is a plugin, would warn where it is imported already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from dbman.errors import DbmanError
    from dbman.extensions import Extension
    from dbman.manager import Manager

__all__ = ["DbmanError", "Extension", "Manager", "__version__"]

_HOMES = {"DbmanError": "dbman.errors", "Extension": "dbman.extensions", "Manager": "dbman.manager"}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for, so that `import dbman` stays cheap."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
