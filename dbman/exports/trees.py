"""Which version table an export is for: plain Alembic knows one at a time."""

from __future__ import annotations

from dataclasses import replace

from dbman.errors import UsageError
from dbman.exports.results import Sources


def require_one_tree(sources: Sources) -> None:
    """Raise `UsageError` where extensions have version tables of their own."""
    if len(sources.trees) > 1:
        names = ", ".join(extension.name for extension in sources.extensions)
        raise UsageError(
            f"there are {len(sources.trees)} version tables, and plain Alembic knows one at a time",
            f"write a section for each: `dbman version_locations --section NAME` ({names})",
        )


def one_tree(sources: Sources, name: str) -> Sources:
    """Return the extensions of the one version table that a name belongs to.

    Where all share one, the name is free; else it is an extension's or a version table's. Raises
    `UsageError` for any other.
    """
    if len(sources.trees) < 2:
        return sources
    tree = next((each.tree for each in sources.extensions if name in (each.name, each.tree)), None)
    if tree is None:
        require_one_tree(sources)
    chosen = tuple(extension for extension in sources.extensions if extension.tree == tree)
    return replace(sources, extensions=chosen)
