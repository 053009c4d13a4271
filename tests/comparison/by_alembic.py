"""What `alembic revision --autogenerate` makes of each change, with its own generic environment.

Each kind has an environment and a database of its own, since what fails would end the others, too.
On SQLite it renders batches, as its documentation advises.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import alembic
from alembic import command
from alembic.config import Config

from comparison.application import PACKAGE, Application, built, facts_of, fill, kept, opened, unlike
from comparison.kinds import Kind
from comparison.outcomes import Outcome, operations

GENERIC = Path(alembic.__file__).parent / "templates" / "generic"


def outcomes(
    folder: Path,
    fresh: Callable[[], AbstractContextManager[str]],
    dialect: str,
    kinds: Mapping[str, Kind],
) -> Mapping[str, Outcome]:
    """Generate, upgrade and downgrade each kind; `fresh` yields the URL of an empty database."""
    found = {}
    for table, kind in kinds.items():
        with fresh() as url, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found[table] = _outcome(folder / table, url, dialect, table, kind)
    return found


def _outcome(folder: Path, url: str, dialect: str, table: str, kind: Kind) -> Outcome:
    application = Application(folder, dialect, {table: kind})
    with application.entered():
        metadata = application.write(after=False)
        with opened(url) as engine, engine.begin() as connection:
            metadata.create_all(connection)
            fill(connection, {table: kind})
        before, wanted = facts_of(url), built(application, url)
        config = _config(folder / "alembic", url, dialect)
        script: Any = command.revision(config, "after", autogenerate=True)
        writes = operations(Path(script.path), table)
        try:
            command.upgrade(config, "head")
        except Exception as err:
            return Outcome(writes, failure=f"upgrade fails, {_said(err)}")
        migrated = facts_of(url)
        with opened(url) as engine, engine.connect() as connection:
            row = kept(connection, table, kind) if not unlike(migrated, wanted, [table]) else True
        try:
            command.downgrade(config, "base")
            undone = not unlike(facts_of(url), before, [table])
        except Exception:
            undone = False
    return Outcome(writes, not unlike(migrated, wanted, [table]), row, undone)


def _said(err: Exception) -> str:
    """Return the first line of an error, without what the driver puts before it."""
    return str(getattr(err, "orig", None) or err).strip().splitlines()[0][:70]


def _config(folder: Path, url: str, dialect: str) -> Config:
    (folder / "versions").mkdir(parents=True)
    environment = (GENERIC / "env.py").read_text(encoding="utf-8")
    environment = environment.replace(
        "target_metadata = None", f"from {PACKAGE}.db import metadata as target_metadata"
    )
    if dialect == "sqlite":
        environment = environment.replace(
            "target_metadata=target_metadata",
            "target_metadata=target_metadata, render_as_batch=True",
        )
    (folder / "env.py").write_text(environment, encoding="utf-8")
    (folder / "script.py.mako").write_text((GENERIC / "script.py.mako").read_text("utf-8"), "utf-8")
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config
