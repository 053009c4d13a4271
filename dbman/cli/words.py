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
    "log": "`dbman history` lists the revisions",
    "plan": "`dbman upgrade --plan` lists what is pending, and what it would do",
    "pending": "`dbman status` counts what is pending, `dbman upgrade --plan` lists it",
    "pending-migrations": "`dbman status` counts what is pending, `dbman upgrade --plan` lists it",
    "apply": "`dbman upgrade` applies what is pending",
    "deploy": "`dbman upgrade` applies what is pending",
    "up": "`dbman upgrade` applies what is pending",
    "down": "`dbman downgrade NAME@-1` undoes the last revision of an extension",
    "rollback": "`dbman downgrade NAME@-1` undoes the last revision of an extension",
    "create": "`dbman initdb` builds the database from migrations, `dbman createdb` from models",
    "drop": "`dbman dropdb` drops what the extensions own",
    "clean": "`dbman dropdb --all` empties the database",
    "reset": "`dbman initdb --recreate` drops the tables and builds them again",
    "diff": "`dbman check` compares migrations with models, `dbman schema --diff A B` any two",
    "validate": "`dbman lint` reads the scripts, `dbman verify` tries them",
    "version": "`dbman current` shows where the database stands, `dbman --version` is dbman's own",
    "startapp": "`dbman new NAME` makes the project of an extension",
    "squashmigrations": "`dbman squash NAME` puts one revision in the place of many",
    "loaddata": "`dbman seed` puts in the first rows of extensions",
    "dumpdata": "`dbman backup` copies the database",
    "ensure_version": "every command that moves a database makes the version table",
    "list_templates": "`dbman new NAME` makes a project, and needs no template",
    "help": "`dbman --help` lists the commands, `dbman COMMAND --help` its options",
}
"""What to type in place of a command of Alembic, Django or others."""

FOREIGN_OPTIONS: Mapping[str, str] = {
    "--autogenerate": "`dbman generate` always compares; --empty writes a script of nothing",
    "--check": "`dbman checkdb`, `dbman check` and `dbman lint` answer by their exit code",
    "--check-heads": "`dbman checkdb` tells whether all is at the heads; exit 1 if not",
    "--dry-run": "--plan lists what a command would do to the database",
    "--plan": "--dry-run shows what a command would write",
    "--fake": "`dbman stamp NAME@REVISION` says where an extension stands, and runs nothing",
    "--fake-initial": "`dbman stamp --detect` finds out by the tables what is applied",
    "--prune": "`dbman forget REV` takes a wrong row away",
    "--purge": "`dbman forget REV` takes a wrong row away",
    "--branch-label": "the first revision of an extension gets its label by itself",
    "--label": "the first revision of an extension gets its label by itself",
    "--depends-on": "foreign keys into other extensions become depends_on by themselves",
    "--merge": "`dbman merge NAME` joins the heads of an extension",
    "--indicate-current": "`dbman graph` draws what is applied, `dbman current` lists it",
    "--resolve-dependencies": "`dbman history NAME` shows what each revision needs",
    "--no-input": "--yes answers the question",
    "--noinput": "--yes answers the question",
    "--yes-i-know": "--yes answers the question",
}
"""What to type in place of an option of theirs, where a command has none of that name."""
