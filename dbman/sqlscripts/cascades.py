"""What ON DELETE asks for, in a script for SQLite: only where a step deletes, and no line twice.

`dbman.integrity.cascades` watches every table with a key while a step runs, by temporary triggers;
most steps delete nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from dbman.recording import Account, Statement

_MARK = "dbman_gone_"
_DELETES = re.compile(
    r"\s*(?:WITH\b.*\bDELETE|DELETE|REPLACE|INSERT\s+OR\s+REPLACE)\b", re.I | re.S
)
_SETS_UP = re.compile(r"CREATE|DROP")


def is_cascade(statement: Statement) -> bool:
    """Return whether a statement is there for what ON DELETE asks for."""
    return _MARK in statement.sql


def without_idle(accounts: Iterable[Account], *, copied: bool) -> tuple[Account, ...]:
    """Return accounts without the triggers that do nothing.

    On a copy it is known which rows follow; elsewhere a step that deletes keeps all of it.
    """
    return tuple(_pruned(each, copied) for each in accounts)


def _pruned(account: Account, copied: bool) -> Account:
    said, after = account.statements, account.after
    if copied:
        after = tuple(e for e in after if not is_cascade(e) or _SETS_UP.match(e.sql) or e.rows > 0)
        is_needed = any(is_cascade(each) and each.rows > 0 for each in after)
    else:
        is_needed = any(_DELETES.match(each.sql) for each in said)
    if is_needed:
        return replace(account, statements=tuple(_once(said)), after=after)
    return replace(account, statements=_others(said), after=_others(after))


def _others(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    return tuple(each for each in statements if not is_cascade(each))


def _once(statements: Sequence[Statement]) -> Iterator[Statement]:
    """Yield statements, those of triggers once in a row: a rebuild between takes triggers away."""
    seen: set[str] = set()
    for each in statements:
        if not is_cascade(each):
            seen.clear()
        elif each.sql in seen:
            continue
        seen.add(each.sql)
        yield each
