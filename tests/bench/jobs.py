"""The jobs: what each tool is asked to do, at which sizes, and what dbman is to reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from bench import checks
from bench.checks import Check
from bench.measuring import Call, Side, in_turn, waits
from bench.worksite import Worksite

Calls = Mapping[str, Call]
Size = tuple[int, int]

SMALL, MIDDLE, LARGE, HUGE, LONE = (3, 5), (10, 20), (50, 20), (50, 100), (1, 1000)
FIFTY = (10, 17)
"""An application of fifty tables."""
SIZES = (SMALL, MIDDLE, LARGE, LONE, HUGE, FIFTY)
"""The quickest ones first, of those that others are compared with."""
ALL = (SMALL, MIDDLE, LARGE, LONE, HUGE)
PEERS = (SMALL, MIDDLE, LARGE)
"""The sizes at which Flask-Migrate and an equal Django project are measured, too."""


@dataclass(frozen=True)
class Job:
    """One row of the table."""

    title: str
    """What is done."""
    calls: Callable[[Worksite], Calls]
    """The call of each tool; dbman and alembic are always among them."""
    check: Check
    """Returns why a tool did not do the same work as Alembic."""
    targets: Mapping[Size, float] = field(default_factory=dict)
    """How much of Alembic's figure dbman's may be, by size; other sizes are told only."""
    sizes: tuple[Size, ...] = ALL
    """Where it is measured."""
    limit: float | None = None
    """What dbman's figure itself is to stay under, in seconds."""
    unit: str = ""
    """What the figures are, where they are not seconds of cpu: "ms" of cpu, or "times"."""
    measure: Callable[[Sequence[Call], int], list[Side]] = in_turn
    """Runs the calls."""
    around: Callable[[Worksite], AbstractContextManager[None]] = lambda site: nullcontext()
    """In which state of the application the calls run."""


def _help(site: Worksite) -> Calls:
    return {"dbman": site.dbman("--help"), "alembic": site.alembic("--help")}


def _reading(*words: str, other: str = "", peers: bool = True) -> Callable[[Worksite], Calls]:
    """Return the calls of a command; Alembic's is the `other` one where it has not the same."""

    def calls(site: Worksite) -> Calls:
        theirs = (other,) if other else words
        found = {"dbman": site.dbman(*words), "alembic": site.alembic(*theirs)}
        if peers and _has_peers(site):
            found["Flask-Migrate"] = site.flask(*theirs)
        return found

    return calls


def _first(word: str) -> Callable[[Worksite], Calls]:
    """Return the calls of a command where dbman has kept nothing."""

    def calls(site: Worksite) -> Calls:
        return {"dbman": site.dbman(word, before=site.forget), "alembic": site.alembic(word)}

    return calls


def _standing(site: Worksite) -> Calls:
    found = dict(_reading("current")(site))
    if _has_peers(site):
        found["Django"] = site.django("showmigrations")
    return found


def _built(site: Worksite) -> Calls:
    """Return the calls that build a database from nothing, and nothing is kept."""
    return dict(_building(site)) | {"sqlite3": _raw(site)}


def _building(site: Worksite) -> Iterator[tuple[str, Call]]:
    def fresh() -> None:
        site.forget()
        site.remove("dbman.db")

    yield "dbman", site.dbman("initdb", "--quiet", before=fresh)
    yield "alembic", _upgrading(site)
    if _has_peers(site):
        yield (
            "Flask-Migrate",
            site.flask("upgrade", "heads", before=lambda: site.remove("flask.db")),
        )
        yield (
            "Django",
            site.django(
                "migrate", "--verbosity", "0", before=lambda: site.remove("django/django.db")
            ),
        )


def _upgrading(site: Worksite) -> Call:
    return site.alembic("upgrade", "heads", before=lambda: site.remove("alembic.db"))


def _raw(site: Worksite) -> Call:
    """Return a call that runs the statements of `initdb` through Python's sqlite3 alone."""
    site.lines(site.dbman("upgrade", "base:heads", "--sql", "-o", "up.sql", "--force"))
    return site.call("python", "-c", _STATEMENTS, before=lambda: site.remove("sqlite3.db"))


_STATEMENTS = """
import sqlite3
lines = open("up.sql", encoding="utf-8").read().splitlines()
text = "\\n".join(line for line in lines if line[:1] != ".")
sqlite3.connect("sqlite3.db").executescript(text)
"""
"""Lines that begin with a dot are for SQLite's shell."""


def _waiting(site: Worksite) -> Calls:
    calls = dict(_building(site))
    return {name: calls[name] for name in ("dbman", "alembic")}


def _scratch(site: Worksite) -> Calls:
    """Return the calls that give a throw-away database at the heads."""
    code = checks.SCRATCH.format(then="")
    return {"dbman": site.call("python", "-c", code), "alembic": _upgrading(site)}


def _nothing(site: Worksite) -> Calls:
    found = {"dbman": site.dbman("upgrade", "--quiet"), "alembic": site.alembic("upgrade", "heads")}
    if _has_peers(site):
        found["Flask-Migrate"] = site.flask("upgrade", "heads")
        found["Django"] = site.django("migrate", "--verbosity", "0")
    return found


def _checked(site: Worksite) -> Calls:
    tools = ("dbman", "alembic", *(("Flask-Migrate", "Django") if _has_peers(site) else ()))
    return {tool: checks.checking(site, tool) for tool in tools}


def _generated(site: Worksite) -> Calls:
    return {
        tool: checks.generating(site, tool, before=site.remove_new) for tool in ("dbman", "alembic")
    }


def _fresh(site: Worksite) -> Calls:
    return {tool: site.own("bench.fresh", tool, tells=True) for tool in ("dbman", "alembic")}


def _has_peers(site: Worksite) -> bool:
    return (site.extensions, site.revisions) in PEERS


_SMALL_HUGE = {MIDDLE: 0.5, HUGE: 0.1}
JOBS = (
    Job("initdb", _built, checks.same_database, {MIDDLE: 0.6, LARGE: 0.55, HUGE: 0.6}),
    Job(
        "times that initdb waits for the disk (fdatasync)",
        _waiting,
        checks.same_database,
        {MIDDLE: 0.01},
        (MIDDLE,),
        unit="times",
        measure=waits,
    ),
    Job("--help", _help, checks.nothing_to_compare, {SMALL: 0.4}, (SMALL,)),
    Job("heads, first run", _first("heads"), checks.same_heads, {HUGE: 0.35}),
    Job("heads, index warm", _reading("heads"), checks.same_heads, {MIDDLE: 0.5, HUGE: 0.2}),
    Job("history, first run", _first("history"), checks.same_history, {HUGE: 0.35}),
    Job("history, index warm", _reading("history"), checks.same_history, {MIDDLE: 0.5, HUGE: 0.2}),
    Job(
        "version_locations (alembic: heads)",
        _reading("version_locations", other="heads", peers=False),
        checks.all_locations,
        {MIDDLE: 0.5},
    ),
    Job("current", _standing, checks.same_standing, _SMALL_HUGE),
    Job(
        "checkdb (alembic: current)",
        _reading("checkdb", other="current", peers=False),
        checks.at_the_heads,
        _SMALL_HUGE,
    ),
    Job(
        "status (alembic: current)",
        _reading("status", other="current", peers=False),
        checks.same_status,
        _SMALL_HUGE,
    ),
    Job("upgrade with nothing to do", _nothing, checks.same_database, {LARGE: 0.2}),
    Job("check of one extension", _checked, checks.same_answer, {LARGE: 0.3}),
    Job(
        "generate for one extension",
        _generated,
        checks.same_script,
        {LARGE: 0.3},
        around=Worksite.changed,
    ),
    Job(
        "scratch database at the heads (alembic: upgrade)",
        _scratch,
        checks.same_scratch,
        {LARGE: 0.1},
        (MIDDLE, LARGE),
    ),
    Job(
        "a fresh migrated database for a test, 50 tables",
        _fresh,
        checks.nothing_to_compare,
        sizes=(FIFTY,),
        limit=0.010,
        unit="ms",
    ),
)
"""In the order of their work: the first one leaves the databases that the others read."""
