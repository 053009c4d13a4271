"""The words of other tools, each answered with the dbman command to type."""

from __future__ import annotations

from collections.abc import Mapping

FOREIGN: Mapping[str, str] = {
    "init": "`dbman new NAME` makes a project, `dbman initdb` its database",
    "revision": "`dbman generate NAME -m TEXT` writes a revision",
    "migrate": "`dbman generate NAME -m TEXT` writes a migration, `dbman upgrade` runs them",
    "makemigrations": "`dbman generate NAME -m TEXT` writes a migration",
    "showmigrations": "`dbman status` shows what is applied, `dbman history` lists all",
    "sqlmigrate": "`dbman upgrade --sql` prints the statements, `dbman show REV` the script",
    "flush": "`dbman initdb --recreate` drops the tables and builds them again",
    "dbshell": "`dbman shell` opens the database's own client",
    "inspectdb": "sqlacodegen writes models; `dbman stamp NAME@head` takes the tables over",
    "edit": '`$EDITOR "$(dbman show --path REV)"` opens the script',
    "repair": "`dbman status` shows what is wrong, `dbman forget REV` takes a row away",
}
"""What to type in place of a command of Alembic, Flask-Migrate or Django."""
