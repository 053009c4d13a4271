"""The account of a step whose script did not run: what its source tells."""

from __future__ import annotations

from collections.abc import Iterable

from dbman.bodies import WrittenOperation, read_operations
from dbman.plans import Step
from dbman.recording.naming import changed_by_sql
from dbman.recording.results import Account, Operation
from dbman.recording.words import DESTRUCTIVE, destroys, shortened

_FUNCTIONS = {"up": "upgrade", "down": "downgrade"}
_OF_COLUMNS = ("add_column", "alter_column", "drop_column")


def read_account(step: Step) -> Account:
    """Return what the source of a step's script tells."""
    written = read_operations(step.revision.path, _FUNCTIONS[step.direction])
    return Account(step, tuple(_in_words(each) for each in written), is_recorded=False)


def read_accounts(steps: Iterable[Step]) -> tuple[Account, ...]:
    """Return what the sources of some steps' scripts tell."""
    return tuple(read_account(step) for step in steps)


def _in_words(written: WrittenOperation) -> Operation:
    name, table, subject, line = written.name, written.table, written.subject, written.line
    if name in ("execute", "sql"):
        writes = changed_by_sql(subject)
        table = next(iter((*writes.writes, *writes.tables)), "")
        return Operation(name, shortened(subject) or "?", table, line, destroys(subject))
    if name in _OF_COLUMNS:
        tail = f"{table or '?'}.{subject or '?'}"
    elif name == "rename_table":
        tail = f"{table or '?'} to {subject or '?'}"
    else:
        tail = f"{subject} on {table}" if subject and table else subject or table or "?"
    words = shortened(f"{name.replace('_', ' ')} {tail}")
    return Operation(name, words, table, line, name in DESTRUCTIVE)
