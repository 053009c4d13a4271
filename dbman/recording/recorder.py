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


class Recorder:
    """A listener of `dbman.runner.Runner`, and of the statements of its connection (`say`)."""

    def __init__(self) -> None:
        self.accounts: list[Account] = []
        """The steps so far; what is said after a step belongs to it."""
        self.before: list[Statement] = []
        """What was said before the first step."""
        self._listener = Listener(written=True)
        self._step: Step | None = None
        self._did: list[Recorded] = []
        self._rows: Counter[int] = Counter()

    @contextmanager
    def watch(self, operations: Operations) -> Iterator[None]:
        """Know which operations scripts will call."""
        with self._listener.watch(operations):
            yield

    @contextmanager
    def hear(self, step: Step) -> Iterator[None]:
        """Take note of what the script of a step does, also where it fails."""
        self.accounts.append(Account(step))
        self._step = step
        self._rows.clear()
        with self._listener.hear(step.revision.path, Facts()) as self._did:
            try:
                yield
            finally:
                self._step = None
                operations = tuple(_joined(self._operations()))
                reads = tuple(each.place.line for each in self._did if _reads_rows(each))
                self.accounts[-1] = replace(
                    self.accounts[-1], operations=operations, reads=tuple(dict.fromkeys(reads))
                )

    def say(self, sql: str, rows: int) -> None:
        """Take a statement that was carried out, and how many rows it changed."""
        last = self._did[-1] if self._step and self._did else None
        if last and last.kind in _CHANGES_ROWS and rows >= 0 and _ROWS.match(sql):
            self._rows[len(self._did) - 1] += rows
        is_asked_for = last is not None and last.kind == "ExecuteSQLOp"
        if _READS.match(sql) and not (is_asked_for or (self._step and _ACTS.search(sql))):
            return
        if self._step or not _BEGINS.match(sql):  # dbman's own transactions are the script's frame
            self._keep(sql)

    def mark(self, sql: str) -> None:
        """Take a statement that the driver says by itself, such as COMMIT."""
        self._keep(sql)

    def _keep(self, sql: str) -> None:
        if not self.accounts:
            self.before.append(Statement(sql))
            return
        account = self.accounts[-1]
        if self._step is None:
            self.accounts[-1] = replace(account, after=(*account.after, Statement(sql)))
        else:
            said = Statement(sql, running_line(self._step.revision.path))
            self.accounts[-1] = replace(account, statements=(*account.statements, said))

    def _operations(self) -> Iterator[Operation]:
        for number, each in enumerate(self._did):
            if each.kind != "Statement" or not _READS.match(each.sql or ""):
                rows = self._rows.get(number)
                yield replace(in_words(each), rows=rows)


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
