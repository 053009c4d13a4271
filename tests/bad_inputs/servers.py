"""Servers that cannot be reached, entered or used."""

from __future__ import annotations

from typing import Any

from sqlalchemy import create_engine, pool, text
from sqlalchemy.engine import make_url

from bad_inputs.case import FIRST, Files, Place, case, error, opened
from scripts_text import makes, script

ID = "a" * 40
LONG: Files = {"a1.py": FIRST, "a2.py": script(ID, *makes("shop_order"), down="a1")}
CHECK = "see that the server runs, and that host, port, user and password are right"
TOO_NARROW = error(
    f"alembic_version takes revision ids of 32 characters, and {ID} has 40; nothing was changed",
    "widen its column version_num to VARCHAR(40)",
)
AT_A1 = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)",
    "INSERT INTO alembic_version VALUES ('a1')",
    "CREATE TABLE shop_item (id INTEGER NOT NULL PRIMARY KEY)",
)
IN_PARTS = (
    "warning: {} commits each DDL statement by itself: a migration that fails cannot be undone"
)
POSTGRESQL: dict[str, Any] = {"server": "postgresql_url"}
MARIADB: dict[str, Any] = {"server": "mariadb_url"}


def with_user(*rights: str, drop: str, make: str) -> Any:
    """Return what makes a user of the database's name, for as long as the process runs."""

    def prepare(place: Place) -> None:
        name = str(make_url(place.url).database)

        def execute(*statements: str) -> None:
            engine = create_engine(place.url, poolclass=pool.NullPool)
            with engine.begin() as connection:
                for statement in statements:
                    connection.execute(text(statement.format(name)))

        place.kept.callback(execute, drop)
        execute(make, *rights)

    return prepare


def role() -> Any:
    """Return what makes a role that may enter a database, and no more."""
    return with_user(make="CREATE ROLE {} LOGIN", drop="DROP ROLE {}")


def user(*rights: str) -> Any:
    """Return what makes a user with the password `right`."""
    make = "CREATE USER {} IDENTIFIED BY 'right'"
    return with_user(*rights, make=make, drop="DROP USER {}")


SERVERS = (
    case(
        "refused by PostgreSQL", "upgrade --url postgresql://u:secret@127.0.0.1:1/d", 3,
        opened("postgresql://u:***@127.0.0.1:1/d", "--url"),
        error(
            "cannot use d at 127.0.0.1:1 as u: connection to server at SERVER failed:"
            " Connection refused",
            CHECK,
        ),
    ),
    case(
        "refused by MariaDB", "upgrade --url mariadb+pymysql://u:secret@127.0.0.1:1/d", 3,
        opened("mariadb+pymysql://u:***@127.0.0.1:1/d", "--url"),
        error(
            "cannot use d at 127.0.0.1:1 as u: Can't connect to MySQL server on '127.0.0.1'"
            " ([Errno 111] Connection refused) (2003)",
            CHECK,
        ),
    ),
    case(
        "missing socket", "upgrade --url 'postgresql:///d?host=/nosuch'", 3,
        opened("postgresql:///d?host=%2Fnosuch", "--url"),
        error(
            'cannot use d at localhost as the default user: connection to server on socket'
            ' "/nosuch/.s.PGSQL.5432" failed: No such file or directory',
            CHECK,
        ),
    ),
    case(
        "port beyond the last", "upgrade --url postgresql://u:secret@127.0.0.1:99999/d", 3,
        opened("postgresql://u:***@127.0.0.1:99999/d", "--url"),
        error(
            'cannot use d at 127.0.0.1:99999 as u: invalid port number: "99999"', CHECK
        ),
    ),
    case(
        "server without a database", "upgrade --url mariadb+pymysql://u:secret@127.0.0.1:1", 2,
        error(
            "mariadb+pymysql://u:***@127.0.0.1:1 names a server, and no database of it",
            "write dialect://user@host/DATABASE",
        ),
    ),
    case(
        "no such database on PostgreSQL", "initdb --url {url}_2", 3,
        opened("URL_2", "--url"),
        error(
            "cannot use DATABASE_2 at SERVER as postgres: connection to server at SERVER failed:"
            ' FATAL:  database "DATABASE_2" does not exist',
            'on the server: CREATE DATABASE "DATABASE_2"',
        ),
        **POSTGRESQL,
    ),
    case(
        "no such database on MariaDB", "initdb --url {url}_2", 3,
        opened("URL_2", "--url"),
        error(
            "cannot use DATABASE_2 at SERVER as root: Unknown database 'DATABASE_2' (1049)",
            "on the server: CREATE DATABASE `DATABASE_2`",
        ),
        **MARIADB,
    ),
    case(
        "no such role", "upgrade --url postgresql://nobody_here:secret@{server}/{database}", 3,
        opened("postgresql://nobody_here:***@SERVER/DATABASE", "--url"),
        error(
            "cannot use DATABASE at SERVER as nobody_here: connection to server at SERVER failed:"
            ' FATAL:  role "nobody_here" does not exist',
            CHECK,
        ),
        **POSTGRESQL,
    ),
    case(
        "wrong password", "upgrade --url mariadb+pymysql://{database}:wr0ng@{server}/{database}", 3,
        opened("mariadb+pymysql://DATABASE:***@SERVER/DATABASE", "--url"),
        error(
            "cannot use DATABASE at SERVER as DATABASE: Access denied for user 'DATABASE'@'HOST'"
            " (using password: YES) (1045)",
            CHECK,
        ),
        prepare=user(), **MARIADB,
    ),
    case(
        "database of others", "upgrade --url mariadb+pymysql://{database}:right@{server}/{database}",
        3,
        opened("mariadb+pymysql://DATABASE:***@SERVER/DATABASE", "--url"),
        error(
            "cannot use DATABASE at SERVER as DATABASE: Access denied for user 'DATABASE'@'%'"
            " to database 'DATABASE' (1044)",
            CHECK,
        ),
        prepare=user(), **MARIADB,
    ),
    case(
        "no right to make tables on PostgreSQL",
        "initdb --url postgresql://{database}@{server}/{database}", 3,
        opened("postgresql://DATABASE@SERVER/DATABASE", "--url"),
        error(
            "cannot use DATABASE at SERVER as DATABASE: permission denied for schema public",
            "on the server: GRANT that right to this user",
        ),
        prepare=role(), **POSTGRESQL,
    ),
    case(
        "no right to make tables on MariaDB",
        "initdb --url mariadb+pymysql://{database}:right@{server}/{database}", 3,
        opened("mariadb+pymysql://DATABASE:***@SERVER/DATABASE", "--url"),
        IN_PARTS.format("mariadb+pymysql://DATABASE:***@SERVER/DATABASE"),
        error(
            "cannot use DATABASE at SERVER as DATABASE: CREATE command denied to user"
            " 'DATABASE'@'HOST' for table `DATABASE`.`alembic_version` (1142)",
            "on the server: GRANT that right to this user",
        ),
        prepare=user("GRANT SELECT ON {0}.* TO {0}"), **MARIADB,
    ),
    case(
        "revision id that is too long on PostgreSQL", "upgrade --url {url}", 3,
        opened("URL", "--url"), TOO_NARROW,
        scripts=LONG, prepare=lambda place: place.ask(*AT_A1), **POSTGRESQL,
    ),
    case(
        "revision id that is too long on MariaDB", "upgrade --url {url}", 3,
        opened("URL", "--url"), IN_PARTS.format("URL"), TOO_NARROW,
        scripts=LONG, prepare=lambda place: place.ask(*AT_A1), **MARIADB,
    ),
    case(
        "wrong version table on PostgreSQL", "status --url {url}", 3,
        opened("URL", "--url"),
        error(
            "the table alembic_version has no column version_num: it is not Alembic's",
            "name another version_table in the settings",
        ),
        prepare=lambda place: place.ask("CREATE TABLE alembic_version (id INTEGER)"), **POSTGRESQL,
    ),
)  # fmt: skip
