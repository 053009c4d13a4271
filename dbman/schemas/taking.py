"""From what somebody names to a schema, or to what differs between two."""

from __future__ import annotations

from dbman.migrator.scene import Scene
from dbman.schemas.choosing import Part, choose
from dbman.schemas.comparing import Comparison, compare
from dbman.schemas.results import Schema
from dbman.schemas.sides import find_side, read_side, settings_for

_ALL = Part()


def read(
    scene: Scene, source: str, part: Part | None = None, scratch_url: str | None = None
) -> Schema:
    """Return the part of a schema that is wanted, by default all.

    Raises:
        UsageError: the source, a name or a pattern names nothing.
        DatabaseError: the database is not there, or no scratch database can be made.
        ExtensionError: two extensions have the same right to a table.
        InvalidError: a script is broken.
        MigrationError: a migration failed on the scratch database.
    """
    wanted = part or _ALL
    wanted.require_known(scene.graph.extensions)
    side = find_side(scene, source)
    return choose(read_side(scene, side, settings_for(scene, [side], scratch_url)), wanted)


def read_difference(
    scene: Scene,
    before: str,
    after: str,
    part: Part | None = None,
    scratch_url: str | None = None,
) -> Comparison:
    """Return what differs between two schemas; raises what `read` raises.

    Also raises `UsageError` where they are of two kinds of databases.
    """
    wanted = part or _ALL
    wanted.require_known(scene.graph.extensions)
    sides = [find_side(scene, text) for text in (before, after)]
    settings = settings_for(scene, sides, scratch_url)
    one, other = (read_side(scene, side, settings) for side in sides)
    by_models = any(side.kind == "models" for side in sides)
    return compare(one, other, wanted, by_models=by_models)
