"""The frame of a script for each database's own shell: it stops at the first error, all or nothing.

Sources: https://www.sqlite.org/cli.html (.bail), https://www.postgresql.org/docs/current/app-psql.html
(ON_ERROR_STOP), https://mariadb.com/kb/en/delimiters/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dbman.recording import Account, Statement
from dbman.revisions import Key
from dbman.sqlscripts.cascades import is_cascade

_GUARD = "database_stands_elsewhere"
_FOLLOWS, _STANDS = "-- what ON DELETE asks for", "-- where it stands"
_COMPOUND = re.compile(
    r"\s*CREATE\b.{0,200}?\b(?:TRIGGER|PROCEDURE|FUNCTION|EVENT)\b", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True)
class Shell:
    """What a shell wants to be told."""

    run: str
    """How the script is run."""
    first: tuple[str, ...]
    """Lines for the shell itself."""
    settings: tuple[str, ...]
    """Statements before the transaction."""
    begin: str
    """What begins a transaction."""
    has_delimiters: bool = False
    """Whether a statement with semicolons in it needs another delimiter."""

    def statement(self, sql: str) -> str:
        """Return a statement as the shell takes it."""
        text = sql.strip().rstrip(";").rstrip()
        if self.has_delimiters and ";" in text and _COMPOUND.match(text):
            return f"DELIMITER //\n{text}//\nDELIMITER ;"
        # A comment at the end would take the semicolon in.
        return f"{text}\n;" if "--" in text.rpartition("\n")[2] else f"{text};"


SHELLS = {
    "sqlite": Shell(
        "sqlite3 FILE < SCRIPT", (".bail on",), ("PRAGMA foreign_keys = OFF",), "BEGIN IMMEDIATE"
    ),
    "postgresql": Shell(
        "psql -d DATABASE -f SCRIPT",
        ("\\set ON_ERROR_STOP on",),
        ("SET client_encoding = 'UTF8'", "SET standard_conforming_strings = on"),
        "BEGIN",
    ),
    "mysql": Shell(
        "mariadb DATABASE < SCRIPT",
        (),
        ("SET NAMES utf8mb4",),
        "START TRANSACTION",
        has_delimiters=True,
    ),
}
"""The shell of each kind of database."""


def frame(
    shell: Shell,
    head: Sequence[str],
    guard: Sequence[str],
    before: Sequence[Statement],
    accounts: Sequence[Account],
    *,
    atomic: bool,
) -> str:
    """Return the whole script: one transaction if `atomic`, else one for each step."""
    lines = [*shell.first, *(f"-- {_in_one_line(line)}" for line in head), ""]
    lines += [shell.statement(each) for each in (*shell.settings, shell.begin, *guard)]
    lines += [shell.statement(each.sql) for each in before]
    for number, account in enumerate(accounts, 1):
        if number > 1 and not atomic:
            lines += ["", shell.statement(shell.begin)]
        lines += _step(shell, number, account)
        if not atomic:
            lines.append("COMMIT;")
    return "\n".join([*lines, *(["", "COMMIT;"] if atomic else []), ""])


def starts_at(rows: Sequence[Key]) -> Iterator[str]:
    """Yield what stops the script on a database that stands elsewhere: a check that fails."""
    if not rows:
        return
    yield f"CREATE TEMPORARY TABLE {_GUARD} (ok INTEGER, CONSTRAINT {_GUARD} CHECK (ok = 1))"
    for tree in sorted({key.tree for key in rows}):
        quoted = [key.id.replace("'", "''") for key in sorted(rows) if key.tree == tree]
        ids = [f"'{each}'" for each in quoted]
        yield (
            f"INSERT INTO {_GUARD} SELECT CASE WHEN count(*) = {len(ids)} THEN 1 ELSE 0 END"
            f" FROM {tree} WHERE version_num IN ({', '.join(ids)})"
        )
    yield f"DROP TABLE {_GUARD}"


def _step(shell: Shell, number: int, account: Account) -> list[str]:
    revision, direction = account.step.revision, account.step.direction
    title = f"{number} {direction} {revision.extension} {revision.id} {revision.doc}".rstrip()
    reason = f" ({account.step.reason})" if account.step.reason else ""
    lines = ["", f"-- {_in_one_line(title + reason)}"]
    lines += [shell.statement(each.sql) for each in account.statements]
    cascades = [each for each in account.after if is_cascade(each)]
    rows = [each for each in account.after if not is_cascade(each)]
    for comment, statements in ((_FOLLOWS, cascades), (_STANDS, rows)):
        if statements:
            lines += [comment, *(shell.statement(each.sql) for each in statements)]
    return lines


def _in_one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
