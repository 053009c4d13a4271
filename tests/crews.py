"""Whole processes that move databases at the same moment, and an extension for them to move."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from conftest import Demo
from dbman.manager import Manager
from scripts_text import makes, script

FOREMAN = """
import contextlib
import importlib
import os
import signal
import sys

from dbman.errors import DbmanError
from dbman.locks.row import RowLock
from dbman.manager import Manager

for name in ("dbman.migrator", "dbman.runner", "alembic.operations", "psycopg", "pymysql"):
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
RowLock.beat, RowLock.patience = 0.2, 6.0
options, pipes = eval(sys.argv[1])


def move(url):
    try:
        Manager(url=url, **options).initdb()
    except DbmanError as err:
        return f"{err.exit_code} {err.message}"
    except BaseException as err:
        return f"? {type(err).__name__}: {err}"
    return "0"


def work(orders, answers):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.dup2(orders, 0)
    os.dup2(answers, 1)
    os.closerange(3, max(map(max, pipes)) + 1)
    print(os.getpid(), flush=True)
    for line in sys.stdin:
        print(move(line.strip()), flush=True)


for pipe in pipes:
    if os.fork() == 0:
        work(*pipe)
        break
else:
    os.closerange(3, max(map(max, pipes)) + 1)
    for _ in pipes:
        os.wait()
"""

NOTE = ("note", 'sa.Column("text", sa.String(40))')
"""The table that each revision inserts its id into; no key keeps a second one out."""
ROWS = ["a4", "b2"]
NOTES = ["a1", "a2", "a3", "a4", "b1", "b2"]


WAIT = """
import os, pathlib, time
gate = pathlib.Path({gate!r})
if gate.exists() and gate.read_text() == {revision!r}:
    gate.write_text(str(os.getpid()))
    while gate.exists():
        time.sleep(0.02)
""".strip()


def install(make_extension: Callable[..., Path], gate: Path | None = None) -> Path:
    """Install a core and poser; return their site.

    Each revision makes its table, if it has one, then inserts its id. Where the file `gate` holds
    the id of a revision, that one writes the number of its process there before it inserts, and
    waits until the file is gone.
    """

    def body(revision: str, *table: str) -> str:
        made = makes(*table)[0] if table else "pass"
        insert = f"""op.execute("INSERT INTO note (text) VALUES ('{revision}')")"""
        return "\n".join(
            [made, *([WAIT.format(gate=str(gate), revision=revision)] if gate else []), insert]
        )

    core = {
        "a1.py": script("a1", body("a1", *NOTE), label="core"),
        "a2.py": script("a2", body("a2"), down="a1"),
        "a3.py": script("a3", body("a3", "product"), down="a2"),
        "a4.py": script("a4", body("a4"), down="a3"),
    }
    poser = {
        "b1.py": script("b1", body("b1", "pose"), depends="a2", label="poser"),
        "b2.py": script("b2", body("b2"), down="b1"),
    }
    make_extension("core", core)
    return make_extension("poser", poser)


class Crew:
    """Processes that wait for an order, and carry it out all at once.

    They are forked from one that has imported what they need.
    """

    def __init__(self, site: Path, folder: Path, count: int, **options: object) -> None:
        demo = Demo(site, folder)
        orders, answers = ([os.pipe() for _ in range(count)] for _ in "12")
        theirs = [(order[0], answer[1]) for order, answer in zip(orders, answers, strict=True)]
        passed = [end for ends in theirs for end in ends]
        self.foreman = subprocess.Popen(
            [sys.executable, "-c", FOREMAN, repr((options, theirs))],
            env=demo.environment(),
            cwd=folder,
            pass_fds=passed,
        )
        for end in passed:
            os.close(end)
        self._orders = [os.fdopen(end, "w", encoding="utf-8") for _, end in orders]
        self._answers = [os.fdopen(end, encoding="utf-8") for end, _ in answers]
        self.pids = [int(pid) for pid in self.answers()]

    def order(self, *urls: str) -> None:
        """Let every worker make its database ready; they share the URLs evenly."""
        for number, orders in enumerate(self._orders):
            orders.write(urls[number % len(urls)] + "\n")
            orders.flush()

    def answers(self) -> list[str]:
        """Wait for one line of each worker: the exit code, and the message of an error."""
        return [answers.readline().strip() for answers in self._answers]

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for pid in self.pids if value is not None else ():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for stream in (*self._orders, *self._answers):
            stream.close()
        self.foreman.wait()


def empty(url: str, **options: object) -> None:
    """Take everything out of a database."""
    Manager(url=url, **options).dropdb(everything=True)


def contents(url: str, **options: Any) -> Mapping[str, Sequence[str]]:
    """Return the rows of the version table, and what the revisions inserted, sorted."""
    from sqlalchemy import text

    manager = Manager(url=url, **options)
    with manager.database.reading() as connection:
        notes = [str(row[0]) for row in connection.execute(text("SELECT text FROM note"))]
    return {"rows": [key.id for key in manager.rows()], "notes": sorted(notes)}
