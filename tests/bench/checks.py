"""Did a tool do the work that Alembic did? If not, its figure does not count.

Each function takes the application and the name of a tool, after the job has run, and returns why
the work is not the same; nothing where it is.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

from bench.measuring import Call
from bench.worksite import Content, Worksite

Check = Callable[[Worksite, str], str]

DATABASES = {
    "dbman": "dbman.db",
    "alembic": "alembic.db",
    "Flask-Migrate": "flask.db",
    "Django": "django/django.db",
    "sqlite3": "sqlite3.db",
}
"""What each tool moves."""


def nothing_to_compare(site: Worksite, tool: str) -> str:
    """Return that nothing is wrong: each tool prints its own text."""
    return ""


def same_database(site: Worksite, tool: str) -> str:
    """Compare databases: the schema but for blanks, and every row; of Django's the number."""
    ours, theirs = site.content(DATABASES[tool]), site.content(DATABASES["alembic"])
    return _rows_of_django(ours, theirs) if tool == "Django" else _difference(ours, theirs)


def same_scratch(site: Worksite, tool: str) -> str:
    """Compare the scratch database with the one that Alembic built."""
    site.lines(site.call("python", "-c", SCRATCH.format(then=_COPIED)))
    return _difference(site.content("scratch.db"), site.content(DATABASES["alembic"]))


SCRATCH = """
from dbman import Manager
from dbman.migrator.heads import at_heads
manager = Manager()
with at_heads(manager.scene, manager.settings) as built:
    with built.database.reading() as connection:
        connection.exec_driver_sql("SELECT * FROM item")
        {then}
"""
"""A program that makes one, and reads from it."""
_COPIED = """
        import sqlite3
        with sqlite3.connect("scratch.db") as file:
            connection.connection.driver_connection.backup(file)
"""


def same_heads(site: Worksite, tool: str) -> str:
    """Compare the revisions that `heads` names."""
    theirs = _named(site, site.lines(site.alembic("heads")))
    return _same(_named(site, site.lines(_reading(site, tool, "heads"))), theirs, "the heads")


def same_history(site: Worksite, tool: str) -> str:
    """Compare the revisions that `history` names, and in how many lines."""
    lines, theirs = (
        site.lines(call) for call in (_reading(site, tool, "history"), site.alembic("history"))
    )
    if len(lines) != len(theirs):
        return f"history has {len(lines)} lines, and not {len(theirs)}"
    return _same(_named(site, lines), _named(site, theirs), "the revisions of history")


def all_locations(site: Worksite, tool: str) -> str:
    """Compare the version locations with those of alembic.ini."""
    printed = "\n".join(site.lines(site.dbman("version_locations")))
    missing = [each for each in site.locations() if str(each) not in printed]
    return f"{len(missing)} version locations are missing" if missing else ""


def same_standing(site: Worksite, tool: str) -> str:
    """Compare the revisions that `current` names; Django's are counted."""
    if tool == "Django":
        lines = site.lines(site.django("showmigrations"))
        applied = sum(line.startswith(" [X] ") for line in lines)
        wanted = site.extensions * site.revisions
        return "" if applied == wanted else f"{applied} of {wanted} migrations are applied"
    return _same_current(site, _reading(site, tool, "current"))


def same_status(site: Worksite, tool: str) -> str:
    """Compare the revisions at which `status` says that the extensions stand."""
    return _same_current(site, site.dbman("status"))


def at_the_heads(site: Worksite, tool: str) -> str:
    """Return whether `checkdb` says that all is applied where Alembic's `current` says so."""
    printed = site.lines(site.dbman("checkdb"))
    if printed != ["at head"]:
        return f"checkdb says {printed}"
    return _same(_heads(site), _named(site, site.lines(site.alembic("current"))), "the revisions")


def same_answer(site: Worksite, tool: str) -> str:
    """Return whether a `check` says no, and yes when a column is added, which it names."""
    code, _, errors = site.said(checking(site, tool))
    if code:
        return f"check finds what is not there: {errors[-1:]}"
    with site.changed():
        code, lines, errors = site.said(checking(site, tool))
    is_found = code and any("extra" in line for line in (*lines, *errors))
    return "" if is_found else "check misses a column"


def checking(site: Worksite, tool: str) -> Call:
    """Return the call of a tool that looks for changes of models."""
    match tool:
        case "dbman":
            return site.dbman("check", site.last.name)
        case "Django":
            return site.django("makemigrations", "--check", "--dry-run")
        case _:
            return _reading(site, tool, "check")


def same_script(site: Worksite, tool: str) -> str:
    """Compare the functions of the scripts that are written where a column was added."""
    with site.changed():
        ours, theirs = (list(_written(site, each)) for each in (tool, "alembic"))
    if not any("extra" in each for each in theirs):
        return "Alembic's script has no new column"
    return "" if ours == theirs else "another script is written"


def generating(site: Worksite, tool: str, **options: object) -> Call:
    """Return the call of a tool that writes the next script of one extension."""
    name = site.last.name
    if tool == "dbman":
        return site.dbman("generate", name, "-m", "x", "--quiet", **options)
    place = ("--version-path", str(site.folder / "site" / name / "migrations"))
    head = ("-m", "x", "--head", f"{name}@head")
    return site.alembic("revision", "--autogenerate", *head, *place, **options)


def _written(site: Worksite, tool: str) -> Iterator[str]:
    """Yield what the functions of a new script do, which is then taken away."""
    site.remove_new()
    site.lines(generating(site, tool))
    for path in site.new_scripts():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                yield ast.unparse(node)
    site.remove_new()


def _reading(site: Worksite, tool: str, *words: str) -> Call:
    """Return the call of a command that all three have under one name."""
    calls = {"dbman": site.dbman, "alembic": site.alembic, "Flask-Migrate": site.flask}
    return calls[tool](*words)


def _same_current(site: Worksite, call: Call) -> str:
    theirs = _named(site, site.lines(site.alembic("current")))
    return _same(_named(site, site.lines(call)), theirs, "the current revisions")


def _heads(site: Worksite) -> set[str]:
    return {history.steps[-1].id for history in site.histories}


def _named(site: Worksite, lines: Sequence[str]) -> set[str]:
    """Return the revisions of the application that lines name."""
    known = {step.id for history in site.histories for step in history.steps}
    return {word for line in lines for word in line.split() if word in known}


def _same(ours: set[str], theirs: set[str], word: str) -> str:
    return "" if ours == theirs else f"{word} differ: {len(ours)} and {len(theirs)}"


def _difference(ours: Content, theirs: Content) -> str:
    if list(_squeezed(ours)) != list(_squeezed(theirs)):
        return "sqlite_master differs"
    return "" if ours[1] == theirs[1] else "the rows differ"


def _squeezed(content: Content) -> Iterator[tuple[str, ...]]:
    for kind, name, table, sql in content[0]:
        yield kind, name, table, "".join((sql or "").split())


def _rows_of_django(ours: Content, theirs: Content) -> str:
    for table, rows in theirs[1].items():
        if table != "alembic_version" and len(rows) != len(ours[1].get(table, ())):
            return f"{table} has other rows"
    return ""
