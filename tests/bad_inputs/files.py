"""Paths and files that are no database, or one that cannot be used."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

from bad_inputs.case import OWN_RIGHTS, Place, case, error, opened

PAGE = 4096
LONG = "x" * 300
DAMAGED = "restore a backup"
SMALL_FILES = ("sh", "-c", 'ulimit -f 16; PYTHONDONTWRITEBYTECODE=1 exec "$@"', "sh")


def damage_a_page(place: Place) -> None:
    """Overwrite a page that no statement of the run comes by."""
    path = place.big_database()
    data = bytearray(path.read_bytes())
    data[-3 * PAGE : -2 * PAGE] = b"\xff" * PAGE
    path.write_bytes(data)


def damage_the_schema(place: Place) -> None:
    """Overwrite the head of the page that holds the schema."""
    data = bytearray(place.big_database().read_bytes())
    data[100:120] = b"\xff" * 20
    (place.folder / "x.db").write_bytes(data)


def read_only_folder(place: Place) -> None:
    """Make a database in a folder that cannot be written."""
    place.database("a1", name="d/x.db")
    (place.folder / "d").chmod(0o555)


def closed_folder(place: Place) -> None:
    """Make a database in a folder that cannot be entered."""
    place.database("a1", name="d/x.db")
    (place.folder / "d").chmod(0)


def stranger(place: Place) -> None:
    """Make a database of another application."""
    with closing(sqlite3.connect(place.folder / "x.db")) as connection:
        connection.execute("CREATE TABLE theirs (id INTEGER)")


FILES = (
    case(
        "upgrade of a missing file", "upgrade --db x.db", 3,
        opened(),
        error("no database at HERE/x.db", "`dbman initdb` makes it"),
    ),
    case(
        "reading a missing file", "current --db x.db", 3,
        opened(),
        error("no database at HERE/x.db", "`dbman initdb` makes it"),
    ),
    case(
        "missing parent folder", "initdb --db 'no such/x.db'", 3,
        opened("HERE/no such/x.db"),
        error("the folder HERE/no such does not exist", "mkdir -p 'HERE/no such'"),
    ),
    case(
        "missing parent folder with a line end", "initdb --db 'a\nb/x.db'", 3,
        opened("HERE/a\\nb/x.db"),
        error("the folder HERE/a\\nb does not exist", "mkdir -p 'HERE/a\\nb'"),
    ),
    case(
        "file as folder", "initdb --db f/x.db", 3,
        opened("HERE/f/x.db"),
        error("HERE/f is a file, not a folder", "name a file in a folder"),
        files={"f": "hello"},
    ),
    case(
        "folder as file", "initdb --db d", 3,
        opened("HERE/d"),
        error("HERE/d is a folder", "name a file in it"),
        files={"d/f": ""},
    ),
    case(
        "empty path", "initdb --db ''", 3,
        opened("HERE"),
        error("HERE is a folder", "name a file in it"),
    ),
    case(
        "text file", "upgrade --db x.db", 3,
        opened(),
        error(
            "HERE/x.db is not a SQLite database (it starts with 'hello th')", "name another file"
        ),
        files={"x.db": "hello there"},
    ),
    case(
        "one byte", "upgrade --db x.db", 3,
        opened(),
        error("HERE/x.db is not a SQLite database (it starts with 'h')", "name another file"),
        files={"x.db": "h"},
    ),
    case(
        "damaged page", "upgrade --db x.db", 3,
        opened(),
        error(
            "HERE/x.db is damaged (quick_check: database disk image is malformed);"
            " nothing was changed",
            DAMAGED,
        ),
        prepare=damage_a_page,
    ),
    case(
        "damaged page, downgrade", "downgrade shop@base --yes --db x.db", 3,
        opened(),
        error(
            "HERE/x.db is damaged (quick_check: database disk image is malformed);"
            " nothing was changed",
            DAMAGED,
        ),
        prepare=damage_a_page,
    ),
    case(
        "damaged schema", "status --db x.db", 3,
        opened(),
        error("HERE/x.db is damaged (database disk image is malformed)", DAMAGED),
        prepare=damage_the_schema,
    ),
    case(
        "truncated", "upgrade --db x.db", 3,
        opened(),
        error("HERE/x.db is damaged (database disk image is malformed)", DAMAGED),
        prepare=lambda place: os.truncate(place.big_database(), 5 * PAGE),
    ),
    case(
        "truncated in the header", "checkdb --db x.db", 3,
        opened(),
        error("HERE/x.db is damaged (database disk image is malformed)", DAMAGED),
        prepare=lambda place: os.truncate(place.big_database(), 300),
    ),
    case(
        "read-only file", "upgrade --db x.db", 3,
        opened(),
        error("HERE/x.db is not writable by user USER", "chmod u+w HERE/x.db"),
        prepare=lambda place: place.database("a1").chmod(0o444),
        under=OWN_RIGHTS,
    ),
    case(
        "read-only folder", "upgrade --db d/x.db", 3,
        opened("HERE/d/x.db"),
        error(
            "the folder HERE/d, where SQLite keeps its journal, is not writable by user USER",
            "chmod u+w HERE/d",
        ),
        prepare=read_only_folder, under=OWN_RIGHTS,
    ),
    case(
        "new file in a read-only folder", "initdb --db d/y.db", 3,
        opened("HERE/d/y.db"),
        error("cannot make HERE/d/y.db: Permission denied", "name a file in another folder"),
        prepare=read_only_folder, under=OWN_RIGHTS,
    ),
    case(
        "file that may not be read", "status --db x.db", 3,
        opened(),
        error("cannot read HERE/x.db: Permission denied", "see that this user may read it"),
        prepare=lambda place: place.database("a1").chmod(0), under=OWN_RIGHTS,
    ),
    case(
        "folder that may not be entered", "status --db d/x.db", 3,
        opened("HERE/d/x.db"),
        error("cannot read HERE/d/x.db: Permission denied", "see that this user may read it"),
        prepare=closed_folder, under=OWN_RIGHTS,
    ),
    case(
        "data folder that may not be written", "initdb", 3,
        opened("HERE/data/dbman/default.sqlite", "default"),
        error(
            "cannot use the folder HERE/data/dbman: Permission denied", "name a file with --db PATH"
        ),
        prepare=lambda place: (place.folder / "data").mkdir(0o555), under=OWN_RIGHTS,
    ),
    case(
        "data folder that is a file", "initdb", 3,
        opened("HERE/data/dbman/default.sqlite", "default"),
        error(
            "cannot use the folder HERE/data/dbman: Not a directory", "name a file with --db PATH"
        ),
        files={"data": ""},
    ),
    case(
        "name of 300 characters", f"initdb --db {LONG}", 3,
        opened(f"HERE/{LONG}"),
        error(f"cannot read HERE/{LONG}: File name too long", "name another file"),
    ),
    case(
        "path of 5000 characters", f"status --db {'x/' * 2500}x", 3,
        opened(f"HERE/{'x/' * 2500}x"),
        error(f"cannot read HERE/{'x/' * 2500}x: File name too long", "name another file"),
    ),
    case(
        "null byte in the path", "status", 3,
        opened("HERE/a\\x00b", "dbman.toml"),
        error("cannot read HERE/a\\x00b: embedded null byte", "name another file"),
        files={"dbman.toml": 'url = "sqlite:///a\\u0000b"\n'},
    ),
    case(
        "link to nothing", "initdb --db x.db", 3,
        opened(),
        error(
            "HERE/x.db is a link to gone, which does not exist",
            "mend the link, or name another file",
        ),
        prepare=lambda place: (place.folder / "x.db").symlink_to("gone"),
    ),
    case(
        "link to itself", "initdb --db x.db", 3,
        opened(),
        error("cannot read HERE/x.db: Too many levels of symbolic links", "name another file"),
        prepare=lambda place: (place.folder / "x.db").symlink_to("x.db"),
    ),
    case(
        "named pipe", "status --db x.db", 3,
        opened(),
        error("HERE/x.db is no regular file", "name another file"),
        prepare=lambda place: os.mkfifo(place.folder / "x.db"),
    ),
    case(
        "device", "initdb --db /dev/null", 3,
        opened("/dev/null"),
        error("/dev/null is no regular file", "name another file"),
    ),
    case(
        "locked database", "upgrade --lock-timeout 0.2 --db x.db", 6,
        opened(),
        error(
            "HERE/x.db is in use by another program (waited 0.2 s)",
            "end that program, or wait longer with --lock-timeout SECONDS",
        ),
        prepare=lambda place: place.hold("BEGIN IMMEDIATE"),
    ),
    case(
        "reader who stays", "upgrade --lock-timeout 0.2 --db x.db", 6,
        opened(),
        error(
            "a reader holds HERE/x.db open (waited 0.2 s); nothing was changed",
            "end that program, or wait longer with --lock-timeout SECONDS",
        ),
        prepare=lambda place: place.hold("BEGIN", "SELECT * FROM alembic_version"),
    ),
    case(
        "file that may not grow", "upgrade --db x.db", 3,
        opened(),
        error("disk I/O error at HERE/x.db; nothing was changed", "make room and retry"),
        prepare=lambda place: place.database("a1"), under=SMALL_FILES,
    ),
    case(
        "new file that may not grow", "initdb --db x.db", 3,
        opened(),
        error("disk I/O error at HERE/x.db; nothing was changed", "make room and retry"),
        under=SMALL_FILES,
    ),
    case(
        "database of another application", "upgrade --db x.db", 3,
        opened(),
        error(
            "HERE/x.db is not empty and has no version table (theirs)",
            "name another database; or, where these are the extensions' tables, let"
            " `dbman stamp --detect` find out where they stand",
        ),
        prepare=stranger,
    ),
    case(
        "createdb where tables are", "createdb --db x.db", 3,
        opened(),
        error(
            "HERE/x.db has these tables already: alembic_version, shop_item",
            "`dbman upgrade` moves it; --recreate drops them first",
        ),
        prepare=lambda place: place.database("a1"),
    ),
    case(
        "restore of a missing file", "restore no.backup --yes --db x.db", 3,
        opened(),
        error("there is no file no.backup", "name another file"),
        prepare=lambda place: place.database("a1"),
    ),
    case(
        "restore of a text file", "restore f --yes --db x.db", 3,
        opened(),
        error("HERE/f is not a SQLite database (it starts with 'hello')", "name another file"),
        prepare=lambda place: place.database("a1"), files={"f": "hello"},
    ),
    case(
        "backup over the database itself", "backup -o x.db --db x.db", 2,
        opened(),
        error("x.db is the database itself", "name another file"),
        prepare=lambda place: place.database("a1"),
    ),
    case(
        "backup into a missing folder", "backup -o no/y.db --db x.db", 3,
        opened(),
        error(
            "the backup no/y.db cannot be written: No such file or directory; nothing was changed",
            "make room there, or name another place with -o FILE",
        ),
        prepare=lambda place: place.database("a1"),
    ),
)  # fmt: skip
