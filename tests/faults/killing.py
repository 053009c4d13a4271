"""Kill a command at every write to its database, and see what is left.

SQLite's own crash tests do the same: kill, then compare the content with that before and after.
A run is first traced; then it is repeated, and strace kills it before the first, second, ... call
of each system call that writes, until none is left.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from faults.states import dump, is_sound, use_wal
from warm import Point, Ran, Warm

CALLS = ("pwrite64", "fdatasync", "fsync", "ftruncate", "unlink")
JOURNALS = ("delete", "wal")
NAME = "x.db"
State = Literal["before", "between", "after", "out of step", "damaged"]


@dataclass(frozen=True)
class Case:
    """A command, and the database that it starts on."""

    args: Sequence[str]
    """The words of the command."""
    start: Sequence[str] = ()
    """The command that makes the database; none, if there is none."""
    sql: str | None = None
    """A statement that makes the start complete."""
    step: Sequence[str] = ()
    """The command that does one revision of it, where revisions are whole by themselves."""


DBMAN_CASES = {
    "initdb": Case(["initdb"]),
    "upgrade": Case(["upgrade"], ["initdb", "store@s2"]),
    "downgrade": Case(["downgrade", "store@s2", "--yes"], ["initdb"]),
    "createdb": Case(["createdb"]),
    "dropdb": Case(["dropdb", "--yes"], ["initdb"]),
    "stamp": Case(["stamp", "store@s5"], ["initdb"]),
    "forget": Case(["forget", "s1"], ["initdb"], "INSERT INTO alembic_version VALUES ('s1')"),
}
ALEMBIC_CASES = {
    "initdb": Case(["upgrade", "head"], step=["upgrade", "+1"]),
    "upgrade": Case(["upgrade", "head"], ["upgrade", "s2"], step=["upgrade", "+1"]),
    "downgrade": Case(["downgrade", "s2"], ["upgrade", "head"], step=["downgrade", "-1"]),
    "stamp": Case(["stamp", "s5"], ["upgrade", "head"]),
}


@dataclass(frozen=True)
class Outcome:
    """What one kill left."""

    point: Point
    """When it was killed."""
    killed: bool
    """Whether it was; a run that has no such call survives."""
    state: State
    """What the file held then: "between" stands for whole revisions, but not all."""
    resumed: bool
    """Whether the same command then reached the same end."""
    said: str
    """What that command said."""


@dataclass
class Target:
    """A case on one kind of journal, ready to be killed."""

    warm: Warm
    """The program."""
    common: Sequence[str | Path]
    """Words before every command; they name `x.db` in the current folder."""
    case: Case
    """The command."""
    journal: str
    """One of `JOURNALS`."""
    folder: Path
    """A folder of its own, where everything happens."""
    states: dict[str, State] = field(default_factory=dict)
    """What `.dump` may say."""
    points: tuple[Point, ...] = ()
    """The system calls of a run that nobody kills, in order."""

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self._prepare()
        self.states[dump(self._start)] = "before"
        self.points = self._first_run().points
        if self.case.step:
            self._whole_revisions()
        self.states[dump(self.file)] = "after"

    @property
    def file(self) -> Path:
        """Return the database."""
        return self.folder / NAME

    @property
    def _start(self) -> Path:
        return self.folder / "start.db"

    def kill(self, point: Point) -> Outcome:
        """Kill a run at a point, look at what it left, and run it again."""
        self._fresh()
        ran = self._run(self.case.args, inject=f"{point.call}:signal=KILL:when={point.number}")
        seen = self._copy()
        state = self.states.get(dump(seen), "out of step") if is_sound(seen) else "damaged"
        again = self._run(self.case.args)
        reached = self.states.get(dump(self.file)) == "after" and is_sound(self.file)
        resumed = reached and (again.exit == 0 or state == "after")
        return Outcome(point, ran.exit == -9, state, resumed, again.err)

    def beyond(self) -> Iterator[Point]:
        """Yield one point per system call that a run no longer reaches."""
        for call in CALLS:
            yield Point(call, 1 + sum(point.call == call for point in self.points))

    def _copy(self) -> Path:
        """Return a copy to look at: opening the file itself would mend what the kill left."""
        place = self.folder / "seen"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        for ending in ("", "-journal", "-wal"):
            if (file := self.file.with_name(NAME + ending)).exists():
                shutil.copyfile(file, place / file.name)
        return place / NAME

    def _prepare(self) -> None:
        if self.journal == "wal":
            use_wal(self.file)
        if self.case.start:
            self._require(self._run(self.case.start))
        if self.case.sql:
            with closing(sqlite3.connect(self.file)) as connection, connection:
                connection.execute(self.case.sql)
        if self.file.exists():
            shutil.copyfile(self.file, self._start)

    def _first_run(self) -> Ran:
        self._fresh()
        return self._require(self._run(self.case.args, traced=True))

    def _whole_revisions(self) -> None:
        end = dump(self.file)
        self._fresh()
        while dump(self.file) != end:
            self._require(self._run(self.case.step))
            self.states.setdefault(dump(self.file), "between")

    def _fresh(self) -> None:
        for file in self.folder.glob(f"{NAME}*"):
            file.unlink()
        if self._start.exists():
            shutil.copyfile(self._start, self.file)

    def _run(self, args: Sequence[str], *, inject: str | None = None, traced: bool = False) -> Ran:
        watched = [str(self.file) + end for end in ("", "-journal", "-wal")]
        options: dict[str, object] = {}
        if inject or traced:
            calls = [inject.partition(":")[0]] if inject else CALLS
            options = {"watched": [*watched, str(self.folder)], "calls": calls, "inject": inject}
        return self.warm.run([*self.common, *args], self.folder, **options)

    def _require(self, ran: Ran) -> Ran:
        if ran.exit:
            raise RuntimeError(f"{self.case} cannot be tried: exit {ran.exit}\n{ran.err}")
        return ran


def chosen(points: Sequence[Point], most: int) -> list[Point]:
    """Return so many of the points, evenly spread from the first to the last."""
    if len(points) <= most:
        return list(points)
    return [points[round(place * (len(points) - 1) / (most - 1))] for place in range(most)]
