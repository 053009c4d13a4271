"""The plain form: the one line that the ancestor, jnt_dbman, printed."""

from __future__ import annotations

import re

from dbman.exports.advice import advise
from dbman.exports.locations import escaped, find_locations, own_location, with_own
from dbman.exports.project import check_read_back, given_project
from dbman.exports.results import Export, Sources
from dbman.exports.trees import require_one_tree


def plain(sources: Sources) -> Export:
    """Return the line ``version_locations = a b c``, for an ini whose separator is a blank."""
    require_one_tree(sources)
    project = given_project(sources.settings)
    found, notes = find_locations(sources, recursive=sources.settings.recursive)
    own = own_location(project.settings) if project else None
    locations = tuple(str(each.folder) for each in with_own(own, found))
    check_read_back(locations, locations)
    if split := [path for path in locations if re.search(r"[ ,]", path)]:
        more = f", and {len(split) - 1} more" if split[1:] else ""
        notes += (
            f"Alembic splits {split[0]} at its blank or comma{more}: use --section or --write",
        )
    text = f"version_locations = {' '.join(map(escaped, locations))}\n"
    return Export("plain", locations, text, notes + advise(sources, project))
