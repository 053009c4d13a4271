"""What was rerouted, translated or passed over, and how people are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dbman.loading import running_line
from dbman.progress import NullProgress, Progress

REROUTED = "rerouted"
TRANSLATED = "translated"
PASSED_OVER = "passed over"
LEFT_OUT = "left out"
DEEDS = (REROUTED, TRANSLATED, PASSED_OVER, LEFT_OUT)
"""What can be done with a construct, in the order in which the summary tells it."""
_PLURALS = {"index": "indexes", "identity": "identities"}


@dataclass(frozen=True)
class Translation:
    """One construct that ran otherwise than it was written."""

    deed: str
    """What was done with it: one of `DEEDS`."""
    kind: str
    """What it is, as a noun that is counted: operation, sequence, type, extension."""
    what: str
    """The construct itself: ``ALTER COLUMN widget.name``, ``CREATE SEQUENCE widget_seq``."""
    how: str = ""
    """What became of it, and why where that is not plain: ``TEXT``, ``a rebuild of the table``."""
    script: Path | None = None
    """The script that has it; None for models and bootstraps."""
    line: int | None = None
    """The line of the script."""

    def __str__(self) -> str:
        place = f"{self.script.name}:{self.line}: " if self.script else ""
        return f"{place}{self.deed}: {self.what}" + (f" ({self.how})" if self.how else "")


class Translations:
    """An account of what was translated, entered as it happens."""

    def __init__(self, progress: Progress | None = None) -> None:
        self.entries: list[Translation] = []
        self.script: Path | None = None
        """The script that runs."""
        self._progress: Progress = progress or NullProgress()

    def add(self, deed: str, kind: str, what: str, how: str = "") -> None:
        """Enter one construct, with the line of the running script, and tell it."""
        entry = Translation(deed, kind, what, how, self.script, self._line())
        self.entries.append(entry)
        self._progress.operation(str(entry))

    def _line(self) -> int | None:
        """Return the line of the script that was reached last on the way here."""
        return running_line(self.script) if self.script else None


def summary(entries: Iterable[Translation], dialect: str = "SQLite") -> str:
    """Return one line: ``397 operations rerouted for SQLite, 4 sequences passed over``.

    Nothing gives the empty string.
    """
    counts = Counter((each.deed, each.kind) for each in entries)
    order = sorted(counts, key=lambda key: (DEEDS.index(key[0]), key[1]))
    told = [f"{_counted(counts[key], key[1])} {key[0]}" for key in order]
    return ", ".join([f"{told[0]} for {dialect}", *told[1:]]) if told else ""


def _counted(count: int, kind: str) -> str:
    return f"{count} {kind}" if count == 1 else f"{count} {_PLURALS.get(kind, kind + 's')}"
