"""Files that are written in one moment, or together: who fails half-way leaves no trace."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp

from dbman.errors import UsageError

MARK = "made by dbman"
"""What the beginning of every file has in it that may be replaced unasked."""
_BEGINNING = 1024
_DEVICE = re.compile(
    r"con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\xb9\xb2\xb3]", re.IGNORECASE
)
_INSTALLED = {"site-packages", "dist-packages"}


def is_reserved(name: str) -> bool:
    """Return whether Windows keeps a file's name for a device, whatever its suffix is.

    Source: https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
    """
    return bool(_DEVICE.fullmatch(name.partition(".")[0].rstrip(" ")))


def is_installed(file: Path) -> bool:
    """Return whether a file or folder is where pip puts what it installs, and nobody else does."""
    return not _INSTALLED.isdisjoint(file.parts)


def replace_file(file: Path, content: bytes) -> None:
    """Write a file anew, with the mode that it has; who reads it sees the old or the new content.

    A link stays one: what it leads to is replaced. Raises `OSError`, and nothing is changed then.
    """
    file = file.resolve()
    mode = file.stat().st_mode
    descriptor, name = mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "wb") as new:
            new.write(content)
            new.flush()
            os.fsync(new.fileno())
        Path(name).chmod(mode & 0o7777)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_own(file: Path, text: str, *, force: bool = False) -> int:
    """Write a file that has `MARK` at its beginning, and return its size in bytes.

    Raises `UsageError` where something else is there and `force` was not said, and where nothing
    can be written; what is there stays as it is then.
    """
    content = text.encode("utf-8", errors="replace")
    require_own(file, force=force)
    with _written(file):
        if os.path.lexists(file):
            replace_file(file, content)
        else:
            _make(file, content)
    return len(content)


def require_own(file: Path, *, force: bool = False) -> None:
    """Raise `UsageError` where something is there that dbman did not write, unless by `force`."""
    if not os.path.lexists(file):
        return
    if file.is_dir():
        raise UsageError(f"cannot write {file}: it is a folder", "name a file with -o FILE")
    with _written(file), file.open("rb") as there:
        is_own = MARK.encode() in there.read(_BEGINNING)
    if not is_own and not force:
        raise UsageError(
            f"{file} is there already, and dbman did not write it",
            "name another file, or say --force",
        )


@contextmanager
def _written(file: Path) -> Iterator[None]:
    """Raise what the system says about the file that is written as `UsageError`."""
    try:
        yield
    except OSError as err:
        raise UsageError(
            f"cannot write {file}: {err.strerror}", "name a place where you may write with -o FILE"
        ) from err


def _make(file: Path, content: bytes) -> None:
    with file.open("xb") as made:
        try:
            made.write(content)
        except BaseException:
            file.unlink(missing_ok=True)
            raise


class FileChanges:
    """Changes of files that belong together; `changing_files` makes it."""

    def __init__(self, hint: str) -> None:
        """Begin with no change; `hint` says how to mend it where one is refused."""
        self._hint = hint
        self._made: list[Path] = []
        self._before: dict[Path, tuple[bytes, int]] = {}

    def make(self, file: Path, text: str) -> None:
        """Write a file that is not there, and make the folders that it lacks.

        Raises `UsageError` where it cannot be written or is there: nothing is overwritten.
        """
        with self._told(file):
            for folder in [each for each in reversed(file.parents) if not each.exists()]:
                folder.mkdir()
                self._made.append(folder)
            with file.open("x", encoding="utf-8", newline="\n") as made:
                self._made.append(file)
                made.write(text)

    def replace(self, file: Path, content: bytes) -> None:
        """Write a file anew in one moment; raise `UsageError` where it cannot be written."""
        with self._told(file):
            self._keep(file)
            replace_file(file, content)

    def remove(self, file: Path) -> None:
        """Take a file away; raise `UsageError` where that cannot be done."""
        with self._told(file):
            self._keep(file)
            file.unlink()

    def undo(self) -> None:
        """Make everything as it was, as far as the system lets it."""
        for path in reversed(self._made):
            with suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        for file, (content, mode) in self._before.items():
            with suppress(OSError):
                if not file.exists():
                    file.write_bytes(content)
                    file.chmod(mode)
                elif file.read_bytes() != content:
                    replace_file(file, content)

    def _keep(self, file: Path) -> None:
        """Remember what a file is before its first change, unless it was not there at all."""
        if file not in self._made and file not in self._before:
            self._before[file] = file.read_bytes(), file.stat().st_mode & 0o7777

    @contextmanager
    def _told(self, file: Path) -> Iterator[None]:
        try:
            yield
        except FileExistsError as err:
            raise UsageError(f"{err.filename} is there already", "nothing is overwritten") from err
        except OSError as err:
            raise UsageError(f"cannot write {file}: {err.strerror}", self._hint) from err


@contextmanager
def changing_files(hint: str) -> Iterator[FileChanges]:
    """Yield what changes files; whatever is raised meanwhile undoes all of it.

    `hint` says how to mend it where the system refuses one, which is told as `UsageError`.
    """
    changes = FileChanges(hint)
    try:
        yield changes
    except BaseException:
        changes.undo()
        raise
