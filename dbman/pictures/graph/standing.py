"""What a picture knows of the database: which revisions are applied, and where nobody can tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbman.database import missing_file
from dbman.errors import DbmanError
from dbman.pictures.graph.model import State
from dbman.revisions import Key, Revision

if TYPE_CHECKING:
    from dbman.migrator.scene import Scene


@dataclass(frozen=True)
class Standing:
    """Where a database stands, as far as it was looked at."""

    told: str
    """In a few words which database this is, or why nothing is known of it."""
    database: str | None = None
    """The database, without password, where it could be read or is missing."""
    applied: frozenset[Key] | None = None
    """The revisions that are applied; None where no database was read."""
    orphans: tuple[Key, ...] = ()
    """The rows that no installed script has."""
    hidden: frozenset[str] = frozenset()
    """The extensions of which an orphan may hide where they stand."""
    problem: str = ""
    """Why the database cannot be read, where it cannot."""

    def state(self, revision: Revision) -> State:
        """Return whether a revision is applied."""
        if self.applied is None:
            return "unknown"
        if revision.key in self.applied:
            return "applied"
        return "unknown" if revision.extension in self.hidden else "pending"


NOT_ASKED = Standing("no database was looked at")


def find_standing(scene: Scene) -> Standing:
    """Return where the database of a scene stands; one that is missing stands at the base.

    Nothing is created, and one that cannot be read is told in `problem`. A file that is not there
    costs no import of SQLAlchemy.
    """
    core = next((each.name for each in scene.extensions if each.is_core), None)
    try:
        if missing := missing_file(scene.settings, core):
            return _missing(str(missing))
        return _read(scene)
    except DbmanError as err:
        return Standing("the database cannot be read", problem=err.message)


def _read(scene: Scene) -> Standing:
    name = scene.database.describe()
    if not scene.database.exists():
        return _missing(name)
    rows = scene.look().rows
    orphans = scene.graph.orphans(rows)
    hidden = (each.name for each in scene.extensions if scene.is_unknown(each, orphans, rows))
    told = f"database {name} ({scene.database.address.source})"
    return Standing(told, name, scene.graph.applied(rows), orphans, frozenset(hidden))


def _missing(name: str) -> Standing:
    return Standing(f"no database at {name} yet", name, frozenset())
