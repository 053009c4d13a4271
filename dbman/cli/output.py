"""The two streams: data goes to stdout, everything else to stderr, and neither ever fails."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import TextIO

from dbman.cli.consoles import shows_colours
from dbman.cli.render import Block, lines
from dbman.config.terminal import wants_colour
from dbman.errors import UsageError

_USUAL_WIDTH = 80
SCHEMA = 1
"""The number of the JSON schema; docs/json.md describes it."""


def print_data(blocks: Iterable[Block]) -> None:
    """Print what was asked for on stdout; a reader who has seen enough is no error."""
    shown = lines(blocks, has_colour(sys.stdout), exact=not is_terminal(sys.stdout))
    if shown:
        _write("\n".join(shown) + "\n")


def print_json(command: str, data: Mapping[str, object]) -> None:
    """Print the one JSON object of a command on stdout, never coloured."""
    told = {"schema": SCHEMA, "command": command, **data}
    _write(json.dumps(told, indent=2, ensure_ascii=False, default=str) + "\n")


def print_people(blocks: Iterable[Block]) -> None:
    """Print for people on stderr; that nobody listens must not stop a migration."""
    print_talk("".join(f"{line}\n" for line in lines(blocks, has_colour(sys.stderr))))


def print_talk(text: str) -> None:
    """Print text on stderr as it is."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):
        silence(sys.stderr)


def has_colour(stream: object) -> bool:
    """Return whether a stream may be coloured."""
    return wants_colour(is_terminal(stream) and shows_colours(stream))


def is_terminal(stream: object) -> bool:
    """Return whether a stream is a terminal; a closed one is none."""
    with suppress(OSError, ValueError, AttributeError):
        return bool(stream.isatty())  # type: ignore[attr-defined]
    return False


def terminal_width() -> int:
    """Return the columns of the terminal that stdout goes to; 80 where it is none."""
    with suppress(OSError, ValueError, AttributeError):
        return os.get_terminal_size(sys.stdout.fileno()).columns or _USUAL_WIDTH
    return _USUAL_WIDTH


def has_symbols() -> bool:
    """Return whether stdout's encoding has what lines and circles are drawn with."""
    with suppress(LookupError, UnicodeEncodeError):
        "●○◌◆─│└┘├┤┬┴┐┌┼╌…".encode(getattr(sys.stdout, "encoding", None) or "ascii")
        return True
    return False


@contextmanager
def lenient_streams() -> Iterator[None]:
    """Let both streams spell out what their encoding lacks, for the time of a run.

    Source of ``surrogateescape``, which stdout has in the C locale and which fails on other
    characters all the same: https://docs.python.org/3/library/sys.html#sys.stdout
    """
    failing = {
        stream: stream.errors
        for stream in (sys.stdout, sys.stderr)
        if isinstance(stream, TextIOWrapper) and stream.errors in ("strict", "surrogateescape")
    }
    for stream in failing:
        stream.reconfigure(errors="backslashreplace")
    try:
        yield
    finally:
        for stream, errors in failing.items():
            with suppress(OSError, ValueError):
                stream.reconfigure(errors=errors)


def silence(stream: TextIO) -> None:
    """Send the rest of a stream nowhere, so that the interpreter's last flush does not fail.

    Source: https://docs.python.org/3/library/signal.html#note-on-sigpipe
    """
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)
    except OSError as err:
        silence(sys.stdout)
        raise UsageError(
            f"cannot write to stdout: {err.strerror}", "write to a place that has room"
        ) from err
