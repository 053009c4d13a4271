"""What `check` and `checkdb --drift` cannot compare."""

from __future__ import annotations

from bad_inputs.calls import call, target
from bad_inputs.case import SECOND, case, error, opened
from scripts_text import script

FAILING = script("a1", 'op.execute("NONSENSE")', label="shop")
NO_DATABASE = (
    "`dbman check` reads no database of yours",
    "say --scratch-url where a scratch database is to be made",
)
LISTS = "`dbman extensions` lists the installed ones"

CHECKS = (
    call("check of a database", "check --db x.db", *NO_DATABASE),
    call("check of a URL", "check -u sqlite:///x.db shop", *NO_DATABASE),
    call(
        "check of an unknown extension", "check shp",
        "no extension is named 'shp'; did you mean 'shop'?", LISTS,
    ),
    call(
        "check at a scratch URL that is none", "check --scratch-url nonsense",
        "--scratch-url: 'nonsense' is not a database URL",
        "write sqlite:///acme.db, or --db acme.db for a file",
    ),
    case(
        "check of a script that fails", "check", 5,
        error(
            "shop a1 a1 of a test failed at HERE/site/shop/migrations/a1.py:18:"
            ' near "NONSENSE": syntax error, in NONSENSE; nothing was changed',
            "where op.get_bind().dialect.name is 'sqlite' say it in SQLite's words,"
            " or as an operation of Alembic",
        ),
        scripts={"a1.py": FAILING, "a2.py": SECOND},
    ),
    call(
        "scratch URL without drift", "checkdb --db x.db --scratch-url sqlite://",
        "--scratch-url goes with --drift", "say both, or none",
    ),
    target(
        "drift on another kind of database", "checkdb --drift --scratch-url postgresql:///",
        "--scratch-url names postgresql, but the database is sqlite", "facts are compared on the same kind of database",
    ),
    case(
        "drift of a missing database", "checkdb --drift --db x.db", 3, opened(),
        error("no database at HERE/x.db", "`dbman initdb` makes it"),
    ),
)  # fmt: skip
