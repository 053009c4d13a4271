"""Names, places and projects that `dbman new` cannot use."""

from __future__ import annotations

from bad_inputs.case import OWN_RIGHTS, Case, Place, case, error

FORM = "take a lower-case letter, then lower-case letters, digits and '_', 32 at most"
ELSEWHERE = "nothing was written; --path DIR names another place"
PYPROJECT = '[project] # mine\nname = "shelf"\n'


def read_only_folder(place: Place) -> None:
    """Make a folder that may not be written to."""
    (place.folder / "d").mkdir(0o555)


def wrong(name: str, line: str, message: str, hint: str, **files: str) -> Case:
    """Return a case of a usage error; the keywords are toml files by their stem."""
    named = {f"{stem}.toml": text for stem, text in files.items()}
    return case(name, line, 2, error(message, hint), files=named)


SCAFFOLD = (
    wrong("new without a name", "new", "a new extension needs a name", "say `dbman new NAME`"),
    wrong(
        "new name that leads out of the folder", "new ../../evil",
        "'../../evil' is no name for an extension; did you mean 'evil'?", FORM,
    ),
    wrong(
        "new name that is code", "new '\"]; import os #'",
        "'\"]; import os #' is no name for an extension; did you mean 'import_os'?", FORM,
    ),
    wrong(
        "new name with dashes", "new My-Shop",
        "'My-Shop' is no name for an extension; did you mean 'my_shop'?", FORM,
    ),
    wrong(
        "new name that is a word of Python", "new import",
        "'import' is a word of Python, and no name for a package", FORM,
    ),
    wrong(
        "new name that is too long", f"new {'x' * 33}",
        f"'{'x' * 33}' is no name for an extension", FORM,
    ),
    wrong(
        "new name that is installed", "new shop",
        "extension shop (shop 1.0) is installed already",
        "take another name, or say `dbman new shop --here` in its project",
    ),
    wrong(
        "new prefix that is taken", "new shelf --prefix shop_",
        "the tables of extension shop (shop 1.0) begin with 'shop_'",
        "say another one with --prefix",
    ),
    wrong(
        "new prefix that is code", "new shelf --prefix '\";'",
        "'\";' is no prefix for tables", "take lower-case letters, digits and '_', 33 at most",
    ),
    wrong(
        "new extension of nothing", "new shelf --core shp",
        "there is no extension 'shp' to build on; did you mean 'shop'?",
        "install it: `dbman extensions` lists what is",
    ),
    wrong(
        "new extension of a core that is not installed", "new shelf",
        "there is no extension 'acme' to build on",
        "install it: `dbman extensions` lists what is; dbman.toml names it",
        dbman='core = "acme"\n',
    ),
    wrong(
        "new core beside the core", "new shelf --prefix=",
        "acme is the core, by dbman.toml",
        "leave --prefix away, or take `core` out of the settings",
        dbman='core = "acme"\n',
    ),
    case(
        "new project where something is", "new shelf", 2,
        error(
            "HERE/shelf is there already",
            "`dbman new shelf --here` in it adds what is missing; --path DIR names another place",
        ),
        files={"shelf/mine": ""},
    ),
    case(
        "new project in a file", "new shelf --path f", 2,
        error("cannot write HERE/f/shelf/pyproject.toml: Not a directory", ELSEWHERE),
        files={"f": ""},
    ),
    case(
        "new project in a read-only folder", "new shelf --path d", 2,
        error("cannot write HERE/d/shelf/pyproject.toml: Permission denied", ELSEWHERE),
        prepare=read_only_folder, under=OWN_RIGHTS,
    ),
    case(
        "addition to a project that stops half-way", "new --here --prefix sh_", 2,
        error("cannot write HERE/tests/test_shelf.py: Not a directory", ELSEWHERE),
        files={"pyproject.toml": PYPROJECT, "tests": ""},
    ),
    wrong(
        "addition to what is no project", "new shelf --here",
        "HERE/pyproject.toml has no [project] table to add an entry point to",
        "register it there yourself: group 'dbman.extensions', shelf = PACKAGE.db:extension",
        pyproject="[tool.poetry]\n",
    ),
    wrong(
        "addition to toml that is none", "new --here",
        "pyproject.toml is not valid TOML:"
        " Expected '=' after a key in a key/value pair (at end of document)",
        "correct the file", pyproject="[project]\nname",
    ),
)  # fmt: skip
