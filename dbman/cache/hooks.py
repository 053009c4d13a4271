"""Whether somebody changed what SQLAlchemy writes for its own types, DDL and functions.

Who registers a function by ``@compiles(CreateColumn)`` changes every script that runs in the same
process, though not its text. Models do so, or anything else that is imported, so that a replay
makes one thing with them and another without.

Source: https://docs.sqlalchemy.org/en/20/core/compiler.html (the registry is the attribute
`_compiler_dispatcher` of the class, in SQLAlchemy 1.4 to 2.1).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

_OURS = frozenset(["alembic", "dbman", "sqlalchemy"])


def is_hooked() -> bool:
    """Return whether a class of SQLAlchemy or Alembic is compiled by somebody else's function.

    Classes of others do not count: a pure script cannot name them.
    """
    if "sqlalchemy.ext.compiler" not in sys.modules:  # without which nobody registers anything
        return False
    from sqlalchemy.sql.visitors import Visitable

    ours = filter(_is_ours, _below(Visitable, set()))
    found: list[Any] = [vars(each).get("_compiler_dispatcher") for each in ours]
    return not all(_is_ours(made) for each in found if each for made in each.specs.values())


def _below(above: type, seen: set[type]) -> Iterator[type]:
    """Yield all classes below one; what inherits twice is seen once."""
    direct: list[type] = type.__subclasses__(above)
    for each in direct:
        if each not in seen:
            seen.add(each)
            yield each
            yield from _below(each, seen)


def _is_ours(made: object) -> bool:
    return str(getattr(made, "__module__", "")).partition(".")[0] in _OURS
