"""Run code of extensions: import what the value of an entry point names."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from importlib import import_module
from typing import Protocol

from dbman.errors import ExtensionError, nearest


class Named(Protocol):
    """An extension, as far as messages name it."""

    @property
    def name(self) -> str:
        """The name of its entry point."""

    @property
    def title(self) -> str:
        """Its name and distribution."""


@contextmanager
def foreign_code(extension: Named, doing: str) -> Iterator[None]:
    """Run what an extension wrote: its prints go to stderr, as stdout holds data only.

    Whatever it raises, `SystemExit` included, becomes an `ExtensionError` that names the extension
    and tells what it was `doing`.
    """
    try:
        with redirect_stdout(sys.stderr):
            yield
    except ExtensionError:
        raise
    except (Exception, SystemExit) as err:
        if isinstance(err, ModuleNotFoundError) and err.name:
            doing = f"cannot import {err.name}"
        raise ExtensionError(
            f"{extension.title}: {doing} ({type(err).__name__}: {err})",
            f"mend it, or leave it aside: --skip {extension.name}",
        ) from err


def import_value(value: str, extension: Named) -> object:
    """Import what ``module`` or ``module:name`` names; raises `ExtensionError` if it cannot."""
    module, _, path = value.partition(":")
    with foreign_code(extension, f"cannot import {module}"):
        found: object = import_module(module)
        for name in path.split(".") if path else ():
            if not hasattr(found, name):
                known = [each for each in dir(found) if not each.startswith("_")]
                raise ExtensionError(
                    f"{extension.title}: {module} has no {path!r}{nearest(name, known)}",
                    f"mend its entry point, or leave it aside: --skip {extension.name}",
                )
            found = getattr(found, name)
    return found
