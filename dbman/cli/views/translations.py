"""What ran otherwise than it was written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dbman.cli.render import Block

if TYPE_CHECKING:
    from dbman.translate import Translation


def translated_blocks(translations: Sequence[Translation]) -> list[Block]:
    """Return one line that counts what was translated, if anything was."""
    if not translations:
        return []
    from dbman.translate import summary

    return [summary(translations)]


def translations_data(translations: Sequence[Translation]) -> list[dict[str, object]]:
    """Return what was translated for programs."""
    return [
        {
            "deed": each.deed,
            "kind": each.kind,
            "what": each.what,
            "how": each.how,
            "script": None if each.script is None else str(each.script),
            "line": each.line,
        }
        for each in translations
    ]
