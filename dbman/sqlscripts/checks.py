"""What a script of SQL cannot say: what depends on rows, and functions that dbman lends."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import pairwise

from dbman.errors import ScriptError
from dbman.facts.tokens import tokenize
from dbman.recording import Account, Statement
from dbman.translate.functions import LENT


def require_independent(accounts: Iterable[Account], where: str) -> None:
    """Raise `ScriptError` for a script that asks for rows, which a scratch database has not."""
    for account in accounts:
        if account.reads:
            revision = account.step.revision
            raise ScriptError(
                f"{revision.path}:{account.reads[0]} asks {where} for rows: what"
                f" {revision.extension} {revision.id} writes depends on them, and no script of SQL"
                " can know it",
                f"end the script before it with FROM:TO, and let dbman run {revision.id}",
            )


def require_plain(accounts: Iterable[Account]) -> None:
    """Raise `ScriptError` for a statement that calls what SQLite's own shell has not."""
    with closing(sqlite3.connect(":memory:")) as plain:
        own = {name for (name,) in plain.execute("SELECT name FROM pragma_function_list")}
    for account in accounts:
        for statement in account.statements:
            for name in _called(statement):
                if name in LENT and name not in own:
                    place = f"{account.step.revision.path}:{statement.line}"
                    raise ScriptError(
                        f"{place} calls {name}(), which dbman lends to SQLite while it runs, and"
                        " its shell has not",
                        "say it in SQLite's words where op.get_bind().dialect.name is 'sqlite'",
                    )


def _called(statement: Statement) -> Iterator[str]:
    tokens = tokenize(statement.sql)
    for token, following in pairwise(tokens):
        if token.kind == "word" and following.text == "(":
            yield token.word
