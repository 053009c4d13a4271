"""All kinds of change, on SQLite and on PostgreSQL: written, up and down, or told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from comparison.by_dbman import outcomes
from comparison.kinds import KINDS, Kind, numbered
from comparison.outcomes import Outcome


def wrong(kinds: Mapping[str, Kind], found: Mapping[str, Outcome]) -> list[str]:
    """Return what neither builds the models and can be undone, nor tells what it leaves."""
    return [
        f"{kind.title}: {found[table]}"
        for table, kind in kinds.items()
        if not (found[table].good or _is_told(table, kind, found[table]))
    ]


def _is_told(table: str, kind: Kind, outcome: Outcome) -> bool:
    """Return whether what is not written is told, and nothing is lost."""
    text = kind.told.replace("{t}", table)
    return bool(text) and text in "".join(outcome.told) and outcome.kept and outcome.undone


def test_there_are_many() -> None:
    """There are at least 40 kinds, each with a title of its own."""
    assert len({kind.title for kind in KINDS}) == len(KINDS) >= 40


def test_on_sqlite(tmp_path: Path) -> None:
    """On SQLite every kind is written or told."""
    kinds = dict(numbered("sqlite"))
    url = f"sqlite:///{tmp_path / 'app.sqlite'}"
    assert wrong(kinds, outcomes(tmp_path, url, "sqlite", kinds)) == []


def test_on_postgresql(tmp_path: Path, postgresql_url: str) -> None:
    """On PostgreSQL every kind is written or told."""
    kinds = dict(numbered("postgresql"))
    assert wrong(kinds, outcomes(tmp_path, postgresql_url, "postgresql", kinds)) == []
