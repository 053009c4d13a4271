"""Version tables that hold what they should not."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from bad_inputs.case import FIRST, MIGRATIONS, Place, case, error, opened


def wrong_table(place: Place) -> None:
    """Make a table of the version table's name that is another one."""
    with closing(sqlite3.connect(place.folder / "x.db")) as connection:
        connection.execute("CREATE TABLE alembic_version (id INTEGER)")


BEHIND = """\
not at head
extension  state   applied  pending  stands at
shop       behind  1        1        a1
"""
TWICE = """\
extension  state   applied  pending  stands at
shop       behind  1        1        a1
wrong row alembic_version lists a1 twice
  `dbman forget a1` takes one away
"""
ROWS = (
    case(
        "unknown row beside others", "checkdb --db x.db", 1,
        opened(),
        "warning: orphan deadbeef in alembic_version: no installed extension has it;"
        " `dbman status` shows the ways out",
        "`dbman upgrade` applies what is pending",
        prepare=lambda place: place.database("a1", "deadbeef"), out=BEHIND,
    ),
    case(
        "unknown row alone", "upgrade --db x.db", 0,
        opened(),
        "warning: deadbeef in alembic_version is an orphan: no installed extension has it. Install"
        " it again and `dbman downgrade NAME@base`, or `dbman forget deadbeef --drop-tables`",
        "nothing else to do",
        "left aside: shop (an orphan may hide where it stands)",
        "`dbman status` shows where it stands",
        prepare=lambda place: place.database("deadbeef"),
    ),
    case(
        "row that stands twice", "upgrade --db x.db", 3,
        opened(),
        error("alembic_version lists a1 twice", "`dbman forget a1` takes one away"),
        prepare=lambda place: place.database("a1", "a1", key=""),
    ),
    case(
        "plan where a row stands twice", "upgrade --plan --db x.db", 3,
        opened(),
        error("alembic_version lists a1 twice", "`dbman forget a1` takes one away"),
        prepare=lambda place: place.database("a1", "a1", key=""),
    ),
    case(
        "plan back where a row is below another", "downgrade shop@base --plan --db x.db", 3,
        opened(),
        error(
            "alembic_version lists a1 and a2, which stands on it",
            "`dbman forget a1` takes the lower one away",
        ),
        prepare=lambda place: place.database("a1", "a2"),
    ),
    case(
        "SQL where a row stands twice", "upgrade --sql --db x.db", 3,
        opened(),
        error("alembic_version lists a1 twice", "`dbman forget a1` takes one away"),
        prepare=lambda place: place.database("a1", "a1", key=""),
    ),
    case(
        "row of a script that cannot be read", "upgrade --db x.db", 4,
        opened(),
        error(
            f"{MIGRATIONS}/a2.py:1: invalid syntax",
            "mend the script; or leave it aside with --skip shop",
        ),
        scripts={"a1.py": FIRST, "a2.py": "<<<<<<< HEAD\n"},
        prepare=lambda place: place.database("a2"),
    ),
    case(
        "status with a row twice", "status --db x.db", 0,
        opened(),
        "`dbman upgrade --plan` lists what is pending, `dbman upgrade` applies it",
        prepare=lambda place: place.database("a1", "a1", key=""), out=TWICE,
    ),
    case(
        "row and its ancestor at head", "checkdb --db x.db", 0,
        opened(),
        "warning: alembic_version lists a1 and a2, which stands on it; `dbman forget a1` takes the"
        " lower one away",
        prepare=lambda place: place.database("a1", "a2"), out="at head\n",
    ),
    case(
        "row and its ancestor", "downgrade shop@base --yes --db x.db", 3,
        opened(),
        error(
            "alembic_version lists a1 and a2, which stands on it",
            "`dbman forget a1` takes the lower one away",
        ),
        prepare=lambda place: place.database("a1", "a2"),
    ),
    case(
        "wrong version table", "status --db x.db", 3,
        opened(),
        error(
            "the table alembic_version has no column version_num: it is not Alembic's",
            "name another version_table in the settings",
        ),
        prepare=wrong_table,
    ),
    case(
        "row that is not there", "forget zz --db x.db", 2,
        opened(),
        error("no row 'zz' in alembic_version", "`dbman current --rows` lists them"),
        prepare=lambda place: place.database("a1"),
    ),
)  # fmt: skip
