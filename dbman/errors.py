"""The errors that dbman raises; each carries the exit code of the command line and a hint.

```
DbmanError
├── UsageError                2  the call is wrong: a name, a target, an option
│   └── SettingsError         2  a settings file, key, value or URL is wrong
├── DatabaseError             3  the database cannot be used
├── InvalidError              4  an extension or its scripts cannot be used
│   ├── ExtensionError        4  an entry point, its models, its settings
│   └── ScriptError           4  a migration script, or the graph that scripts form
├── MigrationError            5  a migration failed; everything was rolled back
│   └── PartialMigrationError 7  ... and the database could not roll it back (MariaDB)
└── LockError                 6  somebody else holds the lock
```

An answer "no" (not at head, drift) is a result, not an error; the command line ends it with 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, NamedTuple


class DbmanError(Exception):
    """Tell what happened and on what, in one sentence; `hint` tells how to mend it."""

    exit_code: ClassVar[int] = 5

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(DbmanError):
    """A name, target or option is wrong."""

    exit_code = 2


class SettingsError(UsageError):
    """A settings file, a key, a value or a URL is wrong."""


class DatabaseError(DbmanError):
    """The database is missing, unreachable, damaged, or not what it was taken for."""

    exit_code = 3


class InvalidError(DbmanError):
    """An extension or its scripts cannot be used."""

    exit_code = 4


class ExtensionError(InvalidError):
    """An entry point, its models or its settings cannot be used."""


class ScriptError(InvalidError):
    """A migration script, or the graph that the scripts form, cannot be used."""


class MigrationError(DbmanError):
    """A migration failed and the database is as it was before."""

    exit_code = 5


class PartialMigrationError(MigrationError):
    """A migration failed and what it did could not be rolled back."""

    exit_code = 7


class LockError(DbmanError):
    """Somebody else moves this database."""

    exit_code = 6


class Problem(NamedTuple):
    """What is wrong with one extension or script; told by reading commands, fatal to a plan."""

    message: str
    """What is wrong, on what: names the file or the entry point and its distribution."""
    hint: str | None = None
    """How to mend it."""
    extension: str | None = None
    """The extension that it belongs to, where known."""
    path: Path | None = None
    """The script that it is about, if it is about one."""
    others: tuple[str, ...] = ()
    """Further extensions that it is about: who else has the same id, say."""

    def error(self) -> InvalidError:
        """Return the error that a command raises when its work needs what is broken."""
        return InvalidError(self.message, self.hint)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the tail of a message about an unknown word: the nearest known ones, or nothing.

    The tail is ``"; did you mean 'poser'?"``, with up to three names.
    """
    from difflib import get_close_matches

    close = get_close_matches(word, sorted(set(known)), n=3, cutoff=0.65)
    return f"; did you mean {' or '.join(map(repr, close))}?" if close else ""
