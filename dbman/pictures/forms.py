"""Which form of a picture the suffix of a file asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from dbman.errors import UsageError, nearest
from dbman.files import require_own, write_own

T = TypeVar("T")
Forms = Mapping[str, Callable[[T], str]]
_HINT = "name a file with -o FILE"


@dataclass(frozen=True)
class Drawing(Generic[T]):
    """A picture, and the file that it went to."""

    picture: T
    """What is drawn."""
    file: Path
    """The file."""
    size: int
    """Its size in bytes."""


def require_form(file: Path, forms: Forms[T]) -> Callable[[T], str]:
    """Return what draws the form of a file; raise `UsageError` where none is."""
    suffix = file.suffix.lower().removeprefix(".")
    if not file.name:
        raise UsageError("the name of the picture's file is empty, or a folder's", _HINT)
    if suffix not in forms:
        if file.is_dir():
            raise UsageError(f"cannot write {file}: it is a folder", _HINT)
        shown = f"ends in {file.suffix!r}" if suffix else "has no suffix"
        raise UsageError(
            f"{file} {shown}, which names no form of a picture{nearest(suffix, forms)}",
            f"known: {', '.join('.' + each for each in forms)}",
        )
    return forms[suffix]


def require_place(file: Path, forms: Forms[T], *, force: bool = False) -> None:
    """Raise `UsageError`, before there is a picture, where it could not be written to a file."""
    require_form(file, forms)
    require_own(file, force=force)


def draw_to(file: Path, picture: T, forms: Forms[T], *, force: bool = False) -> Drawing[T]:
    """Write a picture in the form that the suffix of a file names.

    Raises `UsageError` for a suffix that is not known, and where the file cannot be written.
    """
    text = require_form(file, forms)(picture)
    return Drawing(picture, file, write_own(file, text, force=force))
