"""What a seed may not say: it puts rows into tables that are there, inside dbman's transaction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dbman.errors import MigrationError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_FLAGS = re.IGNORECASE | re.DOTALL
_SPACE = r"(?:\s|;|(?:--|\#)[^\n]*(?:\n|$)|/\*(?!M?!).*?\*/|/\*M?!\d*)*"
_DEFINES = re.compile(
    _SPACE + r"(?!(?:CREATE(?:\s+OR\s+REPLACE)?|DROP)\s+(?:(?:LOCAL|GLOBAL)\s+)?TEMP(?:ORARY)?\b)"
    r"((?:CREATE|ALTER|DROP|TRUNCATE|RENAME|COMMENT|GRANT|REVOKE)\b(?:\s+[a-z]+)?)",
    _FLAGS,
)
_ENDS = re.compile(
    _SPACE + r"(BEGIN|START|COMMIT|END|ABORT|PREPARE\s+TRANSACTION|SET\s+[^=]*\bautocommit"
    r"|ROLLBACK(?!\s+(?:(?:WORK|TRANSACTION)\s+)?TO\b))\b",
    _FLAGS,
)
_COMMITS = re.compile(
    _SPACE + r"(ANALYZE|CHECK|FLUSH|INSTALL|LOCK|OPTIMIZE|REPAIR|RESET|UNINSTALL|UNLOCK)\b", _FLAGS
)


@contextmanager
def rows_only(connection: Connection, *, atomic: bool) -> Iterator[None]:
    """Raise `MigrationError` before a statement runs that is none about rows.

    Not `atomic` is a server that commits by itself before such statements, and some others.
    Source: https://mariadb.com/kb/en/sql-statements-that-cause-an-implicit-commit/
    """
    from sqlalchemy import event

    def look(*call: Any) -> None:
        _require_rows(str(call[2]), atomic=atomic)

    event.listen(connection, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", look)


def _require_rows(statement: str, *, atomic: bool) -> None:
    if found := _DEFINES.match(statement):
        raise MigrationError(
            f"a seed cannot say {_shown(found)}: it puts rows into tables that are there",
            "let a migration do that: `dbman revision` writes one",
        )
    if found := _ENDS.match(statement):
        raise MigrationError(
            f"a seed cannot say {_shown(found)}: the run is one transaction",
            "leave that statement away",
        )
    if not atomic and (found := _COMMITS.match(statement)):
        raise MigrationError(
            f"a seed cannot say {_shown(found)}: it commits what the seeds did so far",
            "leave that statement away",
        )


def _shown(found: re.Match[str]) -> str:
    return " ".join(found[1].upper().split())
