"""What `dbman generate` makes of the changes: all of them in one application, one script each way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from comparison.application import (
    PACKAGE,
    Application,
    built,
    facts_of,
    fill,
    kept,
    opened,
    scratch_url,
    unlike,
)
from comparison.kinds import Kind
from comparison.outcomes import Outcome, operations
from dbman import Manager

EXTENSION = {"models": f"{PACKAGE}.db:metadata", "versions": f"{PACKAGE}:migrations", "prefix": "k"}


def outcomes(
    folder: Path, url: str, dialect: str, kinds: Mapping[str, Kind]
) -> Mapping[str, Outcome]:
    """Generate, upgrade and downgrade; return what came of each kind by its table.

    `url` is an empty database.
    """
    application = Application(folder, dialect, kinds)
    with application.entered():
        application.write(after=False)
        manager = _manager(url)
        manager.generate("kinds", "before", scratch_url=scratch_url(url))
        manager.initdb()
        with opened(url) as engine, engine.begin() as connection:
            fill(connection, kinds)
        before = facts_of(url)
        wanted = built(application, url)
        result = _manager(url).generate(
            "kinds", "after", scratch_url=scratch_url(url), rename=application.renames()
        )
        assert result.path is not None
        _manager(url).upgrade()
        migrated = facts_of(url)
        with opened(url) as engine, engine.connect() as connection:
            rows = {table: kept(connection, table, kind) for table, kind in kinds.items()}
        _manager(url).downgrade("kinds@-1")
        undone = facts_of(url)
    remarks = [each for each in (*result.operations, *result.notes) if "by hand: " in each]
    return {
        table: Outcome(
            operations(result.path, table),
            not unlike(migrated, wanted, [table]),
            rows[table],
            not unlike(undone, before, [table]),
            tuple(each for each in remarks if table in each),
        )
        for table in kinds
    }


def _manager(url: str) -> Manager:
    return Manager(url=url, core="kinds", extensions={"kinds": EXTENSION})
