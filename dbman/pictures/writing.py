"""Write a picture to a file; only what dbman wrote before is replaced unasked."""

from __future__ import annotations

import os
from pathlib import Path

from dbman.errors import UsageError
from dbman.files import replace_file

MARK = "made by dbman"
"""What the beginning of every picture has in it."""
_BEGINNING = 1024


def write_picture(file: Path, text: str, *, force: bool = False) -> int:
    """Write a picture and return its size in bytes.

    Raises `UsageError` where something else is there and `force` was not said, and where nothing
    can be written; what is there stays as it is then.
    """
    content = text.encode("utf-8", errors="replace")
    try:
        if os.path.lexists(file):
            _require_own(file, force=force)
            replace_file(file, content)
        else:
            _make(file, content)
    except OSError as err:
        raise UsageError(
            f"cannot write {file}: {err.strerror}", "name a place where you may write with -o FILE"
        ) from err
    return len(content)


def _require_own(file: Path, *, force: bool) -> None:
    if file.is_dir():
        raise UsageError(f"cannot write {file}: it is a folder", "name a file with -o FILE")
    with file.open("rb") as there:
        is_own = MARK.encode() in there.read(_BEGINNING)
    if not is_own and not force:
        raise UsageError(
            f"{file} is there already, and dbman did not write it",
            "name another file, or say --force",
        )


def _make(file: Path, content: bytes) -> None:
    with file.open("xb") as made:
        try:
            made.write(content)
        except BaseException:
            file.unlink(missing_ok=True)
            raise
