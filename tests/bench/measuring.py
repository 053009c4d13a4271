"""Run whole processes in turn, and read what the operating system says that they used."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile, TemporaryFile

_WAITER = """
import os, sys, time
begun = time.monotonic()
child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(child, 0)
wall = time.monotonic() - begun
with open(sys.argv[1], "w") as figures:
    print(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, file=figures)
sys.exit(os.waitstatus_to_exitcode(status))
"""
# On Linux a process begins with the peak of the one that started it: that one has to be small.


class Failed(Exception):
    """A process did not end with 0; the text is what it said."""


@dataclass(frozen=True)
class Figure:
    """What several runs took."""

    runs: tuple[float, ...]
    """One number for each run."""

    @property
    def median(self) -> float:
        """The middle one."""
        return median(self.runs)


@dataclass(frozen=True)
class Side:
    """What one tool took for a job."""

    used: Figure
    """Seconds of the processor, user and system; or what the job counts instead."""
    wall: Figure | None = None
    """Seconds on the clock; they depend on who else uses the machine."""
    memory: Figure | None = None
    """The largest resident size, in MiB."""


@dataclass(frozen=True)
class Call:
    """A command line of one tool."""

    command: Sequence[str]
    """The words."""
    folder: Path
    """Where it runs."""
    environment: Mapping[str, str]
    """All variables that it gets."""
    before: Callable[[], object] = lambda: None
    """What is done before each run, and not measured."""
    tells: bool = False
    """Whether it prints what counts, "SECONDS SECONDS" of cpu and clock; not the whole process."""


def in_turn(calls: Sequence[Call], runs: int) -> list[Side]:
    """Run the calls A B A B; once to warm up, then `runs` times. Return a side for each.

    Raises `Failed` where one of them does not end with 0.
    """
    found: list[list[tuple[float, float, float]]] = [[] for _ in calls]
    for number in range(runs + 1):
        for call, figures in zip(calls, found, strict=True):
            call.before()
            used = once(call)
            if number:
                figures.append(used)
    return [Side(*(Figure(each) for each in zip(*figures, strict=True))) for figures in found]


def once(call: Call) -> tuple[float, float, float]:
    """Run a call; return its seconds of cpu, its seconds on the clock, and its peak in MiB.

    Raises `Failed` where it does not end with 0.
    """
    with NamedTemporaryFile("r", encoding="utf-8") as figures, TemporaryFile() as said:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _WAITER, figures.name, *call.command],
            cwd=call.folder,
            env=call.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if call.tells else subprocess.DEVNULL,
            stderr=said,
            check=False,
        )
        if done.returncode:
            said.seek(0)
            text = said.read().decode(errors="replace")[-3000:]
            raise Failed(f"{' '.join(call.command)} ended with {done.returncode}\n{text}")
        cpu, wall, memory = map(float, figures.read().split())
    if call.tells:
        cpu, wall = map(float, done.stdout.split())
    return cpu, wall, memory


def waits(calls: Sequence[Call], runs: int) -> list[Side]:
    """Return how often each call waits for the disk, which is the same in every run.

    Raises `Failed` where strace, which counts, is not installed.
    """
    if shutil.which("strace") is None:
        raise Failed("strace is not installed")
    return [Side(Figure((float(_waits(call)),))) for call in calls]


def _waits(call: Call) -> int:
    call.before()
    done = subprocess.run(
        ["strace", "-f", "-c", "-e", "trace=fdatasync,fsync", *call.command],
        cwd=call.folder,
        env=call.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    rows = re.findall(
        r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+).*\b(?:fdatasync|fsync)$", done.stderr, re.M
    )
    return sum(map(int, rows))
