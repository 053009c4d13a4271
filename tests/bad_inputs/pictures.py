"""Pictures that cannot be written, and tables that are not there."""

from __future__ import annotations

from pathlib import Path

from bad_inputs.case import OWN_RIGHTS, Case, Place, case, error
from scripts_text import script

FORMS = "known: .svg, .html, .mmd, .dot, .json"
ELSEWHERE = "name a place where you may write with -o FILE"
NO_CACHE = {"dbman.toml": "snapshot = false\n"}
SIDES = "say one of models, migrations, database, a target, a URL or a path"
LISTS = "`dbman history` lists the revisions, `dbman extensions` the extensions"
NO_BASE = "no database was looked at"


def both(name: str, file: str, message: str, hint: str, **more: object) -> tuple[Case, Case]:
    """Return the cases of a file that neither picture can be written to."""
    return (
        case(f"graph to {name}", f"graph --offline -o {file}", 2, error(message, hint), **more),
        case(f"schema to {name}", f"schema -o {file}", 2, error(message, hint), **more),
    )


def read_only(place: Place) -> None:
    """Make a folder that cannot be written."""
    place.write(NO_CACHE)
    (place.folder / "d").mkdir(mode=0o555)


def link(place: Place) -> None:
    """Make a link into a folder that is not there."""
    place.write(NO_CACHE)
    (place.folder / "x.svg").symlink_to(Path("no") / "y.svg")


PICTURES = (
    *both(
        "an unknown suffix", "x.svgg",
        "x.svgg ends in '.svgg', which names no form of a picture; did you mean 'svg'?", FORMS,
    ),
    *both("no suffix", "x", "x has no suffix, which names no form of a picture", FORMS),
    *both(
        "a folder without suffix", "d",
        "cannot write d: it is a folder", "name a file with -o FILE",
        prepare=lambda place: (place.folder / "d").mkdir(),
    ),
    *both(
        "an empty name", "''",
        "the name of the picture's file is empty, or a folder's", "name a file with -o FILE",
    ),
    case(
        "graph with --force alone", "graph --offline --force", 2,
        error("--force belongs to -o", "say -o FILE, or leave it away"),
    ),
    case(
        "schema with --force alone", "schema --force", 2,
        error("--force belongs to -o", "say -o FILE, or leave it away"),
    ),
    case("schema from nothing", "schema --from ''", 2, error("--from names nothing", SIDES)),
    *both(
        "a file of others", "x.svg",
        "x.svg is there already, and dbman did not write it", "name another file, or say --force",
        files={"x.svg": "<svg/>"},
    ),
    *both(
        "a folder", "d.svg",
        "cannot write d.svg: it is a folder", "name a file with -o FILE",
        prepare=lambda place: (place.folder / "d.svg").mkdir(),
    ),
    *both(
        "a missing folder", "no/x.svg",
        "cannot write no/x.svg: No such file or directory", ELSEWHERE, files=NO_CACHE,
    ),
    *both(
        "a folder that cannot be written", "d/x.svg",
        "cannot write d/x.svg: Permission denied", ELSEWHERE,
        prepare=read_only, under=OWN_RIGHTS,
    ),
    *both(
        "a link to nowhere", "x.svg",
        "cannot write x.svg: No such file or directory", ELSEWHERE, prepare=link,
    ),
    *both(
        "a name of 300 characters", f"{'x' * 300}.svg",
        f"cannot write {'x' * 300}.svg: File name too long", ELSEWHERE, files=NO_CACHE,
    ),
    case(
        "graph of an unknown extension", "graph shp --offline", 2,
        error(
            "no extension 'shp' is installed; did you mean 'shop'?", "`dbman extensions` lists them"
        ),
    ),
    case(
        "schema of an unknown extension", "schema shp", 2,
        error(
            "no extension 'shp' is installed; did you mean 'shop'?", "`dbman extensions` lists them"
        ),
    ),
    case(
        "table that is not there", "schema --table shop_itm", 2,
        error(
            "no table fits 'shop_itm'; did you mean 'shop_item'?",
            "* stands for any characters; quote it for the shell",
        ),
        files=NO_CACHE,
    ),
    case(
        "negative distance", "schema --distance -1", 2,
        error(
            "distance is -1, which is no number of foreign keys", "say 0 or more",
        ),
    ),
    case(
        "schema from what is nothing", "schema --from model", 2,
        error("no revision 'model' that any installed extension has", f"{SIDES}; {LISTS}"),
    ),
    case(
        "schema of a missing database", "schema --from no.db", 3,
        error("no database at HERE/no.db", "`dbman initdb` makes it"),
    ),
    case(
        "schema of a text file", "schema --from x.db", 3,
        error("HERE/x.db is not a SQLite database (it starts with 'hello')", "name another file"),
        files={"x.db": "hello"},
    ),
    case(
        "difference with itself asked twice", "schema --from models --diff models heads", 2,
        error("--diff names two schemas, and --from one", "say one of them"),
    ),
    case(
        "difference with one side", "schema --diff models", 2,
        error("option '--diff' requires 2 arguments", "`dbman --help` lists the options"),
    ),
    case(
        "difference of two kinds", "schema --diff x.db {url}", 2,
        error(
            "HERE/x.db is sqlite and URL is postgresql",
            "facts are compared on the same kind of database",
        ),
        prepare=lambda place: place.database("a1"), server="postgresql_url",
    ),
    case(
        "graph of a cycle", "graph --offline", 0,
        "warning: the revisions a1 -> a2 -> a1 form a cycle (HERE/site/shop/migrations/a1.py,"
        " HERE/site/shop/migrations/a2.py)",
        NO_BASE,
        scripts={"a1.py": script("a1", down="a2"), "a2.py": script("a2", down="a1")},
        out="shop  not drawn, in a cycle or standing on one: a1, a2\n",
    ),
    case(
        "graph of nothing", "graph --offline", 0, NO_BASE, scripts={}, out="no revisions\n",
    ),
    case(
        "schema of nothing", "schema", 0,
        "no tables in migrations (sqlite)",
        scripts={}, files=NO_CACHE,
    ),
    case(
        "schema of a cycle", "schema", 4,
        error(
            "the revisions a1 -> a2 -> a1 form a cycle (HERE/site/shop/migrations/a1.py,"
            " HERE/site/shop/migrations/a2.py)",
            "correct down_revision or depends_on in one of these scripts",
        ),
        scripts={"a1.py": script("a1", down="a2"), "a2.py": script("a2", down="a1")},
        files=NO_CACHE,
    ),
)  # fmt: skip
