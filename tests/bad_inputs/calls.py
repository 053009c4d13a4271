"""Commands, options and targets that are wrong."""

from __future__ import annotations

from bad_inputs.case import FIRST, SECOND, Case, case, error, opened
from scripts_text import script

LISTS = "`dbman history` lists the revisions, `dbman extensions` the extensions"


def target(name: str, words: str, message: str, hint: str) -> Case:
    """Return a case with a target on a database at revision a1."""
    return case(
        name, f"{words} --db x.db", 2, opened(), error(message, hint),
        prepare=lambda place: place.database("a1"),
    )  # fmt: skip


def call(name: str, line: str, message: str, hint: str) -> Case:
    """Return a case that needs no database."""
    return case(name, line, 2, error(message, hint))


CALLS = (
    call(
        "unknown command", "upgrad",
        "there is no command 'upgrad'; did you mean 'upgrade'?", "`dbman --help` lists them",
    ),
    call(
        "command of another tool", "migrate",
        "there is no command 'migrate'", "`dbman generate NAME -m TEXT` writes a migration, `dbman upgrade` runs them",
    ),
    call(
        "unknown option", "heads --ulr",
        "there is no option --ulr; did you mean '--url'?",
        "`dbman heads --help` lists the options",
    ),
    call(
        "option of another tool", "upgrade --dry-run",
        "there is no option --dry-run", "--plan lists what a command would do to the database",
    ),
    call(
        "option of another tool, without its like", "heads --dry-run",
        "there is no option --dry-run", "`dbman heads --help` lists the options",
    ),
    call(
        "option of Alembic", "current --check-heads",
        "there is no option --check-heads",
        "`dbman checkdb` tells whether all is at the heads; exit 1 if not",
    ),
    call(
        "missing argument of -x", "upgrade -x",
        "option '-x' requires an argument", "`dbman --help` lists the options",
    ),
    call(
        "lock timeout that is no number", "upgrade --lock-timeout soon",
        "invalid value for '--lock-timeout': it must be a number of seconds, not 'soon'",
        "`dbman upgrade --help` lists the options",
    ),
    call(
        "endless lock timeout", "upgrade --lock-timeout inf --db x.db",
        "given settings: lock_timeout must be a number of seconds, not inf",
        "for example: lock_timeout = 30",
    ),
    call(
        "dialect without --sql", "upgrade --dialect postgresql",
        "--dialect belongs to --sql", "say --sql, or leave it away",
    ),
    call(
        "script and plan", "downgrade --sql --plan base",
        "--sql and --plan contradict each other", "say one of them",
    ),
    call(
        "script for a database that is not known", "upgrade --sql base:a1 --dialect oracle",
        "no script can be written for 'oracle'", "one of sqlite, postgresql, mariadb, mysql",
    ),
    call(
        "FROM:TO with another target", "upgrade --sql base:a1 shop",
        "FROM:TO stands alone, not with others: base:a1 shop", "write one script for each",
    ),
    call(
        "script downwards to nowhere", "downgrade --sql heads:",
        "downgrade to where?", "say NAME@base, NAME@-1 or NAME@REVISION",
    ),
    call(
        "script from a revision that is not known", "upgrade --sql b1:",
        "no revision 'b1' that any installed extension has", LISTS,
    ),
    call(
        "shell as JSON", "shell --json",
        "`dbman shell` prints no JSON", "leave --json away",
    ),
    case(
        "shell on a file that is not there", "shell --db x.db", 3, opened(),
        error("no database at HERE/x.db", "`dbman initdb` makes it"),
    ),
    target(
        "seed of an unknown extension", "seed shp",
        "no extension 'shp' is installed; did you mean 'shop'?", "`dbman extensions` lists them",
    ),
    target(
        "extension without a seed", "seed shop",
        "extension shop has no seed", "give its Extension(...) one: seed=callable",
    ),
    call(
        "unknown --skip", "status --skip shp",
        "there is no extension 'shp' to leave aside; did you mean 'shop'?", "installed: shop",
    ),
    call(
        "unknown extension", "history shp",
        "no extension or branch is named 'shp'; did you mean 'shop'?",
        "`dbman extensions` lists the installed ones",
    ),
    call(
        "range that is none", "history -r a1..a2",
        "'a1..a2' is no range", "write FROM:TO, FROM: or :TO",
    ),
    call(
        "unknown revision", "show zz", "no revision 'zz' that any installed extension has", LISTS
    ),
    call(
        "ambiguous revision", "show a",
        "'a' fits 2 revisions: a1 (shop), a2 (shop)", "say more of the id, or NAME@REVISION",
    ),
    target(
        "question without a terminal", "dropdb",
        "`dbman dropdb` asks first, and there is no terminal to ask on", "say --yes",
    ),
    target(
        "unknown target", "upgrade shp",
        "no revision 'shp' that any installed extension has; did you mean 'shop'?", LISTS,
    ),
    target(
        "revision of nobody", "upgrade shop@zz",
        "no revision 'zz' that shop has", LISTS,
    ),
    target(
        "step that is no number", "upgrade shop@+x",
        "'shop@+x': '+x' is no number of revisions", "say NAME@+1 or NAME@-1",
    ),
    target(
        "more steps than there are", "upgrade shop@+9",
        "'shop@+9' leads nowhere: shop has fewer than 9 more", "`dbman history` lists them",
    ),
    target(
        "downgrade to nowhere", "downgrade shop --yes",
        "downgrade 'shop' to where?", "say shop@base, shop@-1 or shop@REVISION",
    ),
    target(
        "upgrade that goes down", "upgrade shop@-1",
        "'shop@-1' goes down", "use `dbman downgrade`",
    ),
    case(
        "head of two", "upgrade head --db x.db", 2,
        opened(),
        error("'head' fits 2 revisions: a2 (shop), a3 (shop)", "say heads"),
        scripts={"a1.py": FIRST, "a2.py": SECOND, "a3.py": script("a3", down="a1")},
        prepare=lambda place: place.database("a1"),
    ),
)  # fmt: skip
