"""Dependencies that no script declares but the scripts show: one names a table another makes.

The bodies of the scripts are read with `ast` and never run (`dbman.bodies`). Implied edges order
a plan and widen it; they never hide a row of a version table, and never make a cycle.

- `edges`: who makes, drops and names which table, and what follows
- `reading`: the bodies of all scripts, or only of those that edges can come from
"""

from __future__ import annotations

from dbman.implied.edges import Implied, ImpliedEdge, find_implied, needs_of
from dbman.implied.reading import bodies_of, makers_in, shared_bodies

__all__ = [
    "Implied",
    "ImpliedEdge",
    "bodies_of",
    "find_implied",
    "makers_in",
    "needs_of",
    "shared_bodies",
]
