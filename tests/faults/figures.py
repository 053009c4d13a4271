"""Count what every fault does, to dbman and to plain Alembic, and write it down as tables."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from faults import crowds
from faults.application import Application
from faults.hostile import HOSTILE, MENDED, REVISION
from faults.killing import JOURNALS, NAME, Case, Target, chosen
from faults.states import dump
from warm import DBMAN, ROOT, Warm

Say = Callable[[str], None]


@dataclass
class Kills:
    """What kills at the writes of one command left."""

    tried: int = 0
    points: int = 0
    """How many writes there are; all were tried where this is `tried`."""
    out_of_step: int = 0
    stuck: int = 0
    damaged: int = 0

    def add(self, other: Kills) -> None:
        """Add another command's."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


@dataclass
class Hostiles:
    """What hostile migrations left."""

    tried: int = 0
    left_something: list[str] = field(default_factory=list)
    """Those that failed, and the database was changed."""
    wrong: list[str] = field(default_factory=list)
    """Those that ended with exit code 0, without their two writes."""
    stuck: list[str] = field(default_factory=list)
    """Those that failed, and the mended script then failed, too, or did something else."""


@dataclass
class Crowds:
    """What crowds on one kind of database did."""

    rounds: int = 0
    failed: int = 0
    """How many processes ended with an error, of eight a round."""
    wrong: int = 0
    """In how many rounds the database holds something else than one upgrader leaves."""


class Bench:
    """One program on the application, in a folder of its own."""

    def __init__(self, warm: Warm, application: Application, folder: Path, say: Say) -> None:
        self.warm = warm
        self.application = application
        self.folder = folder
        self.say = say
        self.common: Sequence[str | Path] = ["--db", NAME]
        self.upgrade = ["upgrade"]
        self.start = ["initdb"]
        if warm.program != DBMAN:
            self.common = ["-c", application.ini(f"sqlite:///{NAME}")]
            self.upgrade = self.start = ["upgrade", "head"]

    def kills(self, cases: Mapping[str, Case], most: int) -> dict[tuple[str, str], Kills]:
        """Kill each command on each journal at so many of its writes."""
        found = {}
        for name, case in cases.items():
            for journal in JOURNALS:
                target = Target(
                    self.warm, self.common, case, journal, self.folder / f"{name}-{journal}"
                )
                found[name, journal] = self._kill(target, most)
                self.say(f"{self.warm.program.name} {name} {journal}: {found[name, journal]}")
        return found

    def _kill(self, target: Target, most: int) -> Kills:
        kills = Kills(points=len(target.points))
        for point in chosen(target.points, most):
            outcome = target.kill(point)
            kills.tried += outcome.killed
            kills.out_of_step += outcome.state == "out of step"
            kills.damaged += outcome.state == "damaged"
            kills.stuck += not outcome.resumed
        return kills

    def hostiles(self) -> Hostiles:
        """Run each hostile migration, then a mended one in its place."""
        found = Hostiles()
        self._run(self.start)
        start = shutil.copyfile(self.folder / NAME, self.folder / "start.db")
        before, moved = dump(start), self._moved()
        for name, hostile in HOSTILE.items():
            self._restore(start)
            self.application.write(REVISION, hostile.text, signature=hostile.signature)
            code = self._run(self.upgrade)
            found.tried += 1
            if code == 0:
                if not hostile.bare and not is_done(self.folder / NAME):
                    found.wrong.append(name)
                continue
            if dump(self.folder / NAME) != before:
                found.left_something.append(name)
            self.application.write(REVISION, MENDED.text)
            if self._run(self.upgrade) or dump(self.folder / NAME) != moved:
                found.stuck.append(name)
        (self.application.migrations / f"{REVISION}.py").unlink()
        self.say(f"{self.warm.program.name} hostile: {found}")
        return found

    def crowds(self, rounds: int) -> Iterator[tuple[str, Crowds]]:
        """Play rounds on each database that answers."""
        for name, server in crowds.SERVERS.items():
            found = Crowds()
            try:
                wanted = crowds.alone(self.warm, self.application, server, self.folder)
                for _ in range(rounds):
                    played = crowds.play(self.warm, self.application, server, self.folder, wanted)
                    found.rounds += 1
                    found.failed += played.failed
                    found.wrong += not played.right
            except pytest.skip.Exception as err:
                self.say(f"not played: {err}")
            self.say(f"{self.warm.program.name} {name}: {found}")
            yield name, found

    def _moved(self) -> str:
        self.application.write(REVISION, MENDED.text)
        self._run(self.upgrade)
        return dump(self.folder / NAME)

    def _restore(self, start: Path) -> None:
        for file in self.folder.glob(f"{NAME}*"):
            file.unlink()
        shutil.copyfile(start, self.folder / NAME)

    def _run(self, args: Sequence[str]) -> int:
        return self.warm.run([*self.common, *args], self.folder).exit


def is_done(file: Path) -> bool:
    """Return whether the two writes that begin each hostile migration are there."""
    with closing(sqlite3.connect(file)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE name = 'half'").fetchall()
        made = connection.execute("SELECT title FROM product WHERE title = 'half'").fetchall()
        rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    return (tables, made, rows) == ([("half",)], [("half",)], [(REVISION,)])


def bad_inputs() -> int:
    """Return how many bad inputs the table of the tests holds."""
    folder = ROOT / "tests" / "bad_inputs"
    if not folder.exists():
        return 0
    words = [sys.executable, "-m", "pytest", "--collect-only", "-q", str(folder)]
    said = subprocess.run(words, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    return sum("::test_a_bad_input[" in line for line in said.stdout.splitlines())
