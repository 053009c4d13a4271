"""Commands as processes of their own that start at once: forked from one that has imported all.

    with Warm(DBMAN, environment) as dbman:
        ran = dbman.run(["--db", "x.db", "upgrade"], folder, kill=Point("pwrite64", 3), watched=...)

A server process imports the program and forks for each job, so that hundreds of kill points cost
a fraction of a second each. Every job has its own process, folder, output and exit code.

`PYTHON` is the interpreter: its jobs are what comes after `python`, and have an environment, a
`sys.path` and an end as if the process had begun with nothing imported.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent


class Point(NamedTuple):
    """A moment of a run: before the n-th call of a system call on one of the watched files."""

    call: str
    number: int


@dataclass(frozen=True)
class Program:
    """A command line that can be called as a function."""

    name: str
    """How it is called."""
    main: str
    """The function, as "module:name"; takes the list of words."""
    imports: Sequence[str]
    """What it imports on the way; "name.*" is all modules of a package, one not there is left."""


DBMAN = Program(
    "dbman",
    "dbman.cli:main",
    ["dbman.manager", "dbman.migrator", "dbman.runner", "dbman.models", "alembic.operations"],
)
ALEMBIC = Program("alembic", "alembic.config:main", ["alembic.command"])
PYTHON = Program("python", "warm.server:python", ["dbman.*", "alembic.command", "typer._adapters"])
SHARED = ["sqlite3", "logging.config", "sqlalchemy.dialects.sqlite", "alembic.runtime.environment"]


@dataclass(frozen=True)
class Job:
    """One run of the program."""

    args: Sequence[str]
    """Its words."""
    folder: str
    """Its current folder."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables of its own."""
    clean: bool = False
    """Whether there are no others, and `sys.path` is as those ask for."""
    input: str = ""
    """What is on stdin."""
    watched: Sequence[str] = ()
    """Files whose system calls are traced."""
    calls: Sequence[str] = ()
    """Which system calls are traced."""
    inject: str | None = None
    """What strace injects."""
    signal: int | None = None
    """A signal to send."""
    after: float = 0.0
    """How many seconds after the start that signal is sent."""
    awaited: str = ""
    """A file in the folder; those seconds begin when it is there."""
    file_size: int | None = None
    """The size in bytes that a file may have, as `ulimit -f` sets it."""
    timeout: int = 120
    """After how many seconds it is killed, by SIGALRM."""


@dataclass(frozen=True)
class Ran:
    """How one run ended."""

    exit: int
    """The exit code, or minus the signal."""
    out: str
    """What it printed on stdout."""
    err: str
    """What it printed on stderr."""
    points: tuple[Point, ...] = ()
    """The traced system calls, in order."""


class Warm:
    """A program that is imported already; runs jobs, each in a process of its own."""

    def __init__(self, program: Program, environment: Mapping[str, str]) -> None:
        self.program = program
        self._server = subprocess.Popen(
            [sys.executable, "-m", "warm.server", program.main, *SHARED, *program.imports],
            env={**environment, "PYTHONPATH": f"{environment['PYTHONPATH']}:{ROOT / 'tests'}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(self, args: Sequence[str | Path], folder: Path, **options: object) -> Ran:
        """Run the program once; the options are those of `Job`."""
        return self.crowd([Job([str(arg) for arg in args], str(folder), **options)])[0]  # type: ignore[arg-type]

    def crowd(self, jobs: Sequence[Job]) -> list[Ran]:
        """Run several jobs that start at the same moment; return how each ended."""
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.write(json.dumps([asdict(job) for job in jobs]) + "\n")
        self._server.stdin.flush()
        answer = json.loads(self._server.stdout.readline())
        return [_ran(**each) for each in answer]

    def close(self) -> None:
        """End the server."""
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.close()
        self._server.wait()
        self._server.stdout.close()


@contextmanager
def warmed(program: Program, site: Path, home: Path) -> Iterator[Warm]:
    """Yield a program that sees the distributions of one folder, in a clean environment."""
    warm = Warm(
        program,
        {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(home),
            "PYTHONPATH": f"{site}:{ROOT}",
        },
    )
    try:
        yield warm
    finally:
        warm.close()


@cache
def warm_python() -> Warm:
    """Return a Python that has imported what dbman needs; there is one for all tests."""
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    warm = Warm(PYTHON, environment)
    atexit.register(warm.close)
    return warm


def _ran(*, exit: int, out: str, err: str, trace: str) -> Ran:  # noqa: A002 - as in `Ran`
    """Return how a run ended; every line of a trace is ``PID CALL(ARGUMENTS) = RESULT``."""
    counts: dict[str, int] = {}
    points = []
    for line in trace.splitlines():
        call, opened, _ = line.partition(" ")[2].strip().partition("(")
        if opened and call.isidentifier():
            counts[call] = counts.get(call, 0) + 1
            points.append(Point(call, counts[call]))
    return Ran(exit, out, err, tuple(points))
