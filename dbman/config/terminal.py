"""What the environment says about the terminal."""

from __future__ import annotations

import os
from collections.abc import Mapping


def wants_colour(is_terminal: bool, environ: Mapping[str, str] | None = None) -> bool:
    """Return whether output may be coloured; `environ` is `os.environ` by default.

    ``NO_COLOR`` (https://no-color.org) wins over ``FORCE_COLOR``, that over what the stream is.
    """
    environ = os.environ if environ is None else environ
    if environ.get("NO_COLOR"):
        return False
    return bool(environ.get("FORCE_COLOR")) or (is_terminal and not is_dumb(environ))


def is_dumb(environ: Mapping[str, str] | None = None) -> bool:
    """Return whether the terminal can neither colour nor go back in a line."""
    environ = os.environ if environ is None else environ
    return environ.get("TERM") in ("dumb", "unknown")
