"""Keeps an account of a run: what each script asked for in words, and what reached the database."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from dbman.facts import Facts
from dbman.loading import running_line
from dbman.plans import Step
from dbman.recording.listening import Listener
from dbman.recording.results import Account, Operation, Recorded, Statement
from dbman.recording.words import in_words

if TYPE_CHECKING:
    from alembic.operations import Operations

_SPACE = r"(?:\s|;|--[^\n]*(?:\n|$)|/\*(?!!).*?\*/)*"
_READS = re.compile(
    _SPACE + r"(?:\(|SELECT|WITH(?!.*\b(?:INSERT|UPDATE|DELETE|MERGE)\b)|SHOW|DESC|DESCRIBE|EXPLAIN"
    r"|VALUES|TABLE|PRAGMA(?!\s+\w+\s*=))",
    re.IGNORECASE | re.DOTALL,
)
_BEGINS = re.compile(r"BEGIN\b", re.IGNORECASE)
_FROM = re.compile(r"\bFROM\b", re.IGNORECASE)
_CATALOGS = re.compile(
    r"\bpg_\w+|\binformation_schema\b|\bsqlite_(?:master|schema|temp_\w+)|\balembic_version\b",
    re.IGNORECASE,
)
_ACTS = re.compile(
    r"\b(?:setval|nextval|set_config|create_\w+|AddGeometryColumn)\s*\(", re.IGNORECASE
)
"""Functions that are called in a SELECT for what they do."""
_ROWS = re.compile(_SPACE + r"(?:INSERT|UPDATE|DELETE|REPLACE|MERGE)\b", re.IGNORECASE)
_CHANGES_ROWS = ("BulkInsertOp", "ExecuteSQLOp", "Statement")


class _Notes:
    """What is known of a step while it runs."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self.is_running = True
        self.did: list[Recorded] = []
        self.rows: Counter[int] = Counter()  # by the place in `did`
        self.statements: list[Statement] = []
        self.after: list[Statement] = []

    def account(self) -> Account:
        """Return it."""
        reads = dict.fromkeys(each.place.line for each in self.did if _reads_rows(each))
        return Account(
            self.step,
            tuple(_joined(self._operations())),
            tuple(self.statements),
            tuple(self.after),
            tuple(reads),
        )

    def _operations(self) -> Iterator[Operation]:
        for number, each in enumerate(self.did):
            if each.kind != "Statement" or not _READS.match(each.sql or ""):
                yield replace(in_words(each), rows=self.rows.get(number))


class Recorder:
    """A listener of `dbman.runner.Runner`, and of the statements of its connection (`say`).

    What is said after a step belongs to it, but not to its script.
    """

    def __init__(self) -> None:
        self.before: list[Statement] = []
        """What was said before the first step."""
        self._listener = Listener(written=True)
        self._steps: list[_Notes] = []

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Return the steps so far."""
        return tuple(each.account() for each in self._steps)

    @contextmanager
    def watch(self, operations: Operations) -> Iterator[None]:
        """Know which operations scripts will call."""
        with self._listener.watch(operations):
            yield

    @contextmanager
    def hear(self, step: Step) -> Iterator[None]:
        """Take note of what the script of a step does, also where it fails."""
        notes = _Notes(step)
        self._steps.append(notes)
        with self._listener.hear(step.revision.path, Facts()) as notes.did:
            try:
                yield
            finally:
                notes.is_running = False

    def say(self, sql: str, rows: int) -> None:
        """Take a statement that was carried out, and how many rows it changed."""
        notes = self._running()
        last = notes.did[-1] if notes and notes.did else None
        if notes and last and last.kind in _CHANGES_ROWS and rows >= 0 and _ROWS.match(sql):
            notes.rows[len(notes.did) - 1] += rows
        if _READS.match(sql) and not (notes and _is_done(sql, last)):
            return
        if notes or not _BEGINS.match(sql):  # dbman's own transactions are the script's frame
            self.mark(sql, rows)

    def mark(self, sql: str, rows: int = -1) -> None:
        """Take a statement that changes something, or that the driver says by itself: COMMIT."""
        if notes := self._running():
            line = running_line(notes.step.revision.path)
            notes.statements.append(Statement(sql, line, rows))
        else:
            after = self._steps[-1].after if self._steps else self.before
            after.append(Statement(sql, rows=rows))

    def _running(self) -> _Notes | None:
        return self._steps[-1] if self._steps and self._steps[-1].is_running else None


def _is_done(sql: str, last: Recorded | None) -> bool:
    """Return whether a SELECT is there for what it does, not for what it gives."""
    if last is not None and last.kind == "ExecuteSQLOp" and _READS.match(last.sql or ""):
        return not _CATALOGS.search(sql)
    return bool(_ACTS.search(sql))


def _reads_rows(recorded: Recorded) -> bool:
    sql = recorded.sql or ""
    is_read = recorded.kind == "Statement" and _READS.match(sql) and not _ACTS.search(sql)
    return bool(is_read and _FROM.search(sql) and not _CATALOGS.search(sql))


def _joined(operations: Iterable[Operation]) -> Iterator[Operation]:
    """Yield operations, statements that one line says many times as one with all their rows."""
    last: Operation | None = None
    for each in operations:
        if last and (each.name, each.line, each.table) == ("sql", last.line, last.table):
            last = replace(last, rows=(last.rows or 0) + (each.rows or 0))
            continue
        if last:
            yield last
        last = each
    if last:
        yield last
