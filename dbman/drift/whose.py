"""Whose something is that is no table."""

from __future__ import annotations

import re

from dbman.migrator.scene import Scene


def naming(scene: Scene, name: str) -> str | None:
    """Return the extension whose scripts name a view, sequence or type first, or None."""
    word = re.compile(rf"\b{re.escape(name.rpartition('.')[2])}\b", re.IGNORECASE)
    found = (
        revision.extension
        for revision in scene.graph.in_order(scene.graph.revisions)
        if word.search(revision.path.read_text("utf-8", "replace"))
    )
    return next(found, None)
