"""The jobs: what each tool is asked to do, at which sizes, and what dbman is to reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bench.measuring import Call
from bench.worksite import Worksite

Calls = Mapping[str, Call]
Size = tuple[int, int]

SMALL, MIDDLE, LARGE, HUGE, LONE = (3, 5), (10, 20), (50, 20), (50, 100), (1, 1000)
DJANGO = (SMALL, MIDDLE, LARGE)
"""The sizes at which an equal Django project is written."""


@dataclass(frozen=True)
class Job:
    """One row of the table."""

    title: str
    """What is done."""
    calls: Callable[[Worksite], Calls]
    """The call of each tool; dbman and alembic are always among them."""
    targets: Mapping[Size, float]
    """How much of Alembic's cpu time dbman may take, by size; other sizes are told only."""
    sizes: tuple[Size, ...]
    """Where it is measured."""
    check: Callable[[Worksite], object] = lambda site: None
    """Raises `AssertionError` where the tools did not do the same work."""


def _help(site: Worksite) -> Calls:
    return {"dbman": site.dbman("--help"), "alembic": site.alembic("--help")}


def _reading(*words: str, other: str = "", flask: bool = True) -> Callable[[Worksite], Calls]:
    """Return the calls of a command that reads scripts alone, its index warm."""

    def calls(site: Worksite) -> Calls:
        other_words = (other,) if other else words
        found = {"dbman": site.dbman(*words), "alembic": site.alembic(*other_words)}
        return {**found, "Flask-Migrate": site.flask(*other_words)} if flask else found

    return calls


def _first(word: str) -> Callable[[Worksite], Calls]:
    """Return the calls of a command whose index is cold."""

    def calls(site: Worksite) -> Calls:
        return {"dbman": site.dbman(word, before=site.forget), "alembic": site.alembic(word)}

    return calls


def _looking(word: str, django: bool = False) -> Callable[[Worksite], Calls]:
    """Return the calls of a command that reads a database at the head."""

    def calls(site: Worksite) -> Calls:
        found = {
            "dbman": site.dbman(word),
            "alembic": site.alembic("current"),
            "Flask-Migrate": site.flask("current"),
        }
        if django and (site.folder / "django").exists():
            found["Django"] = site.django("showmigrations")
        return found

    return calls


def _built(site: Worksite) -> Calls:
    """Return the calls that build a database from nothing."""

    def fresh() -> None:
        site.forget()
        site.remove("dbman.db")

    found = {
        "dbman": site.dbman("initdb", "--quiet", before=fresh),
        "alembic": site.alembic("upgrade", "heads", before=lambda: site.remove("alembic.db")),
    }
    if (site.extensions, site.revisions) in DJANGO:
        found["Flask-Migrate"] = site.flask(
            "upgrade", "heads", before=lambda: site.remove("alembic.db")
        )
        found["Django"] = site.django(
            "migrate", "--verbosity", "0", before=lambda: site.remove("django/django.db")
        )
    return found


def _scratch(site: Worksite) -> Calls:
    """Return the calls that give a throw-away database at the heads."""
    code = (
        "from dbman import Manager; from dbman.migrator.heads import at_heads; m = Manager()\n"
        "with at_heads(m.scene, m.settings) as built:\n"
        "    with built.database.reading() as c: c.exec_driver_sql('SELECT * FROM item')"
    )
    return {
        "dbman": site.call("python", "-c", code),
        "alembic": site.alembic("upgrade", "heads", before=lambda: site.remove("alembic.db")),
    }


def _nothing(site: Worksite) -> Calls:
    found = {
        "dbman": site.dbman("upgrade", "--quiet"),
        "alembic": site.alembic("upgrade", "heads"),
        "Flask-Migrate": site.flask("upgrade", "heads"),
    }
    if (site.extensions, site.revisions) in DJANGO:
        found["Django"] = site.django("migrate", "--verbosity", "0")
    return found


def _generated(site: Worksite) -> Calls:
    """Return the calls that look for changes of one extension's models."""
    name = site.histories[-1].name
    known = site.scripts()
    head = ("revision", "--autogenerate", "-m", "x", "--head", f"{name}@head")
    place = ("--version-path", str(site.folder / "site" / name / "migrations"))
    return {
        "dbman": site.dbman("generate", name, "-m", "x", "--quiet"),
        "alembic": site.alembic(*head, *place, before=lambda: site.remove_new(known)),
    }


def _checked(site: Worksite) -> Calls:
    name = site.histories[-1].name
    found = {
        "dbman": site.dbman("check", name, "--quiet"),
        "alembic": site.alembic("check"),
        "Flask-Migrate": site.flask("check"),
    }
    if (site.extensions, site.revisions) in DJANGO:
        found["Django"] = site.django("makemigrations", "--check", "--dry-run")
    return found


def same_database(site: Worksite) -> None:
    """Compare what dbman and Alembic built: the schema but for blanks, and every row."""
    ours, theirs = site.content("dbman.db"), site.content("alembic.db")
    assert list(_squeezed(ours[0])) == list(_squeezed(theirs[0])), "sqlite_master differs"
    assert ours[1] == theirs[1], "the rows differ"
    if (site.folder / "django" / "django.db").exists():
        django = site.content("django/django.db")[1]
        for table, rows in ours[1].items():
            if table != "alembic_version":
                assert len(rows) == len(django[table]), f"Django's {table} has other rows"


def _squeezed(schema: list[tuple[str, ...]]) -> Iterator[tuple[object, ...]]:
    for kind, name, table, sql in schema:
        yield kind, name, table, "".join((sql or "").split())


def same_heads(site: Worksite) -> None:
    """Compare the heads that both print."""
    ours = {line.split()[1] for line in site.lines(site.dbman("heads"))}
    theirs = {line.split()[0] for line in site.lines(site.alembic("heads"))}
    assert ours == theirs, "the heads differ"


ALL = (SMALL, MIDDLE, LARGE, HUGE, LONE)
JOBS = (
    Job("initdb", _built, {MIDDLE: 0.6, LARGE: 0.55, HUGE: 0.6}, ALL, same_database),
    Job("--help", _help, {SMALL: 0.4}, (SMALL,)),
    Job("heads, index warm", _reading("heads"), {MIDDLE: 0.5, HUGE: 0.2}, ALL, same_heads),
    Job("heads, first run", _first("heads"), {HUGE: 0.35}, ALL),
    Job("history, index warm", _reading("history"), {MIDDLE: 0.5, HUGE: 0.2}, (MIDDLE, HUGE)),
    Job("history, first run", _first("history"), {HUGE: 0.35}, (MIDDLE, HUGE)),
    Job(
        "version_locations (alembic: heads)",
        _reading("version_locations", other="heads", flask=False),
        {MIDDLE: 0.5},
        (MIDDLE,),
    ),
    Job("current", _looking("current", django=True), {MIDDLE: 0.5, HUGE: 0.1}, (MIDDLE, HUGE)),
    Job(
        "checkdb (alembic: current)", _looking("checkdb"), {MIDDLE: 0.5, HUGE: 0.1}, (MIDDLE, HUGE)
    ),
    Job("status (alembic: current)", _looking("status"), {MIDDLE: 0.5, HUGE: 0.1}, (MIDDLE, HUGE)),
    Job("upgrade with nothing to do", _nothing, {LARGE: 0.2}, (MIDDLE, LARGE)),
    Job("check of one extension", _checked, {LARGE: 0.3}, (MIDDLE, LARGE)),
    Job("generate for one extension", _generated, {LARGE: 0.3}, (MIDDLE, LARGE)),
    Job("scratch database at the heads (alembic: upgrade)", _scratch, {LARGE: 0.1}, (LARGE,)),
)
"""In the order of their work: the first one leaves the databases that the others read."""
