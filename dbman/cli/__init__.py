"""The command line: the only floor that prints, asks, colours or exits.

`main` runs it for any host and returns the exit code, `run` is the console script.

- `commands`, `parser`, `common`, `options`, `coercion`, `completion`: how a command is declared
  and its line is read
- `database`, `revisions`, `authoring`, `trust`, `hidden`: the commands, one file per help panel
- `session`, `asking`, `talk`, `signals`: one run: its manager, questions and talk
- `views`, `render`, `output`: what a command shows, to people and to programs
- `failures`: errors as lines and exit codes
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from dbman.cli.app import main

__all__ = ["main", "run"]


def run() -> NoReturn:
    """Run the console script, in a process that is dbman's own."""
    from dbman.startup import spare

    spare()
    from dbman.cli.app import run

    run()


def __getattr__(name: str) -> object:
    """Import `main` when it is asked for: `run` has something to do before."""
    if name != "main":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from dbman.cli.app import main

    return main
