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

from dbman.cli.app import main, run

__all__ = ["main", "run"]
