"""What `check`, `checkdb --drift` and `verify` cannot look at."""

from __future__ import annotations

from bad_inputs.calls import call, target
from bad_inputs.case import FIRST, SECOND, case, error, opened
from scripts_text import script

FAILING = script("a1", 'op.execute("NONSENSE")', label="shop")
NO_DATABASE = (
    "`dbman check` reads no database of yours",
    "say --scratch-url where a scratch database is to be made",
)
LISTS = "`dbman extensions` lists them"

CHECKS = (
    call("check of a database", "check --db x.db", *NO_DATABASE),
    call("check of a URL", "check -u sqlite:///x.db shop", *NO_DATABASE),
    call(
        "check of an unknown extension", "check shp",
        "no extension 'shp' is installed; did you mean 'shop'?", LISTS,
    ),
    call(
        "check at a scratch URL that is none", "check --scratch-url nonsense",
        "--scratch-url: 'nonsense' is not a database URL",
        "write sqlite:///nonsense, or --db nonsense for a file",
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
        "verify of a database", "verify --db x.db",
        "`dbman verify` reads no database of yours", NO_DATABASE[1],
    ),
    call(
        "verify of an unknown extension", "verify shp",
        "no extension 'shp' is installed; did you mean 'shop'?", LISTS,
    ),
    call(
        "verify with no rows", "verify --rows 0",
        "--rows 0 would leave tables empty", "say how many rows each table is given, at least 1",
    ),
    call(
        "verify at a scratch URL that is none", "verify --scratch-url nonsense",
        "--scratch-url: 'nonsense' is not a database URL",
        "write sqlite:///nonsense, or --db nonsense for a file",
    ),
    case(
        "verify in a folder that is missing", "verify --scratch-url sqlite:///gone/x.db", 3,
        error(
            "no scratch database can be made: the folder HERE/gone does not exist",
            "say where one can be with --scratch-url URL",
        ),
    ),
    case(
        "check of an ambiguous graph", "check", 1,
        "warning: shop could not be checked: revision 'a1' is in HERE/site/shop/migrations/a1.py"
        " (shop 1.0) and in HERE/site/shop/migrations/a2.py (shop 1.0)",
        scripts={"a1.py": FIRST, "a2.py": FIRST},
        out="nothing differs, but not all could be checked\n",
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
