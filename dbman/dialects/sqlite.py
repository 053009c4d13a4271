"""SQLite: one transaction for a whole run, which no script can end.

Sources: https://www.sqlite.org/lang_transaction.html (BEGIN IMMEDIATE takes the write lock at
once), https://www.sqlite.org/foreignkeys.html (the pragma does nothing inside a transaction),
https://docs.sqlalchemy.org/en/20/dialects/sqlite.html (transactional DDL by `isolation_level`
None and a begin hook).
"""

from __future__ import annotations

import os
import re
import shlex
import sqlite3
import stat
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlencode

from dbman.dialects.base import Dialect, _legacy_off
from dbman.dialects.catalogs import Catalog, SQLiteCatalog
from dbman.dialects.files import MAGIC, file_uri, first_bytes, open_for_reading
from dbman.dialects.fitness import require_room, require_undamaged, require_writable
from dbman.dialects.guarded import GuardedConnection
from dbman.errors import DatabaseError, DbmanError, LockError
from dbman.urls import SQLitePlace

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection, Engine

_CONTENT = "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite@_%' ESCAPE '@'"
_BEGIN = "BEGIN IMMEDIATE"
_URI_KEYS = ("mode", "cache", "nolock", "immutable", "vfs", "psow")


class SQLite(Dialect):
    """A SQLite file, or a database in memory for scratch work."""

    name = "sqlite"

    def __init__(self, place: URL | SQLitePlace, lock_timeout: float = 30.0) -> None:
        super().__init__(place, lock_timeout)
        self.uri = str(place.query.get("uri", "")).lower() in ("1", "true", "yes")
        self.path = _path_of(place.database or "", place.query, is_uri=self.uri)
        self._held: GuardedConnection | None = None

    def describe(self) -> str:
        """Return the file's path."""
        return str(self.path or self.place.database or "a database in memory")

    def is_lasting(self) -> bool:
        """Return whether this is a file."""
        return self.path is not None

    def exists(self) -> bool:
        """Return whether the file is there; raise `DatabaseError` for what is no SQLite file."""
        if self.path is None:
            return False
        try:
            self.path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            self._check_folder(self.path)
            return False
        except (OSError, ValueError) as err:  # a null byte
            raise _unreadable(self.path, err) from err
        self._check_file(self.path)
        return True

    def create(self) -> bool:
        """Make an empty file with mode 0600 if there is none; return whether it was made."""
        if self.path is None or self.exists():
            return False
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
        try:
            os.close(os.open(self.path, flags, 0o600))
        except FileExistsError:
            return False  # Somebody else was quicker.
        except OSError as err:
            raise DatabaseError(
                f"cannot make {self.path}: {err.strerror}", "name a file in another folder"
            ) from err
        return True

    def remove(self) -> None:
        """Delete the file."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def remove_if_empty(self) -> bool:
        """Delete the file if nothing is in it and nobody uses it; return whether it was deleted.

        One that has several names, or that another program has open, stays.
        """
        path = self.path
        if path is None or not path.exists() or path.is_symlink() or path.stat().st_nlink > 1:
            return False
        try:
            with closing(self._connect(file_uri(path, mode="rw"), uri=True)) as alone:
                alone.execute("PRAGMA busy_timeout = 0")
                alone.execute("PRAGMA locking_mode = EXCLUSIVE")
                alone.execute("BEGIN EXCLUSIVE")
                if alone.execute(_CONTENT).fetchone() is not None:
                    return False
                alone.execute("COMMIT")
                alone.execute("PRAGMA journal_mode = DELETE")
                with suppress(PermissionError):
                    self.remove()
                    return True
            self.remove()  # Windows removes nothing that is open.
        except (sqlite3.OperationalError, PermissionError):
            return False
        return True

    @contextmanager
    def moving(self, *, atomic: bool = True) -> Iterator[Connection]:
        """Yield a connection inside the one transaction of a run; it holds the file's write lock.

        What is not `atomic` lets go of it between its transactions.

        Raises `LockError` when another program holds that for longer than the lock timeout, and
        `DatabaseError` when it removed the file, for what is written to it then would be lost, or
        when the file cannot be written, has no room to grow or is damaged.
        """
        before = self._identity()
        if self.path is not None and before is not None:
            require_writable(self.path)
            require_room(self.path)
        with super().moving(atomic=atomic) as connection:
            if not atomic:
                self.raw(connection).watch()
            if self._identity() != before:
                raise DatabaseError(
                    f"{self.path} was removed or replaced by another program",
                    "run the command again",
                )
            self.require_intact(connection)
            yield connection

    def require_intact(self, connection: Connection) -> None:
        """Raise `DatabaseError` where the pages of the file are damaged; all of them are read."""
        if self.path is not None:
            require_undamaged(self.raw(connection), self.path)

    def commit(self, connection: Connection) -> None:
        """Commit; what stops that is somebody who reads, since writers are locked out."""
        try:
            super().commit(connection)
        except sqlite3.OperationalError as err:
            self.raw(connection).rollback()
            if err.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            raise LockError(
                f"a reader holds {self.path} open (waited {self.lock_timeout:g} s);"
                " nothing was changed",
                "end that program, or wait longer with --lock-timeout SECONDS",
            ) from err

    def resume(self, connection: Connection) -> None:
        """Begin a transaction that takes the write lock at once."""
        super().resume(connection)
        raw = self.raw(connection)
        if not raw.in_transaction:
            raw.execute(_BEGIN)

    @contextmanager
    def outside(self, connection: Connection) -> Iterator[None]:
        """Keep what was done so far, and let a script work outside of any transaction."""
        with self.translated():
            self.commit(connection)
        raw = self.raw(connection)
        raw.is_free = True
        try:
            yield
        finally:
            raw.is_free = False
            with self.translated():
                self.resume(connection)

    def _identity(self) -> tuple[int, int] | None:
        """Return what tells the file from another one of the same name."""
        try:
            found = self.path.stat() if self.path else None
        except FileNotFoundError:
            return None
        return found and (found.st_dev, found.st_ino)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that cannot write; a missing file is an error and stays missing."""
        self._require_file()
        engine = self._make_engine(self._reader if self.path else self._writer, "BEGIN")
        try:
            with self.translated():
                connection = engine.connect()
                connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
            with connection:
                yield connection
        finally:
            engine.dispose()

    @contextmanager
    def looking(self) -> Iterator[Catalog]:
        """Yield what tells of tables and rows of a file, without SQLAlchemy."""
        if self.path is None:
            with super().looking() as catalog:
                yield catalog
            return
        self._require_file()
        try:
            with closing(self._reader()) as raw:
                raw.execute("BEGIN")
                yield SQLiteCatalog(raw)
                raw.execute("ROLLBACK")
        except sqlite3.Error as err:
            raise self.translate(err) from err

    def _require_file(self) -> None:
        if self.path is not None and not self.exists():
            raise DatabaseError(f"no database at {self.path}", "`dbman initdb` makes it")

    def engine(self) -> Engine:
        """Return an engine whose transactions begin with BEGIN IMMEDIATE, foreign keys off."""
        return self._make_engine(self._writer, _BEGIN)

    def guard(self, connection: Connection) -> None:
        """Guard the driver's connection, so that no way round SQLAlchemy helps."""
        self._held = self.raw(connection)
        self._held.guard()

    def unguard(self, connection: Connection) -> None:
        """Take the guard off."""
        if self._held is not None:
            self._held.unguard()
            self._held = None

    def mark(self, connection: Connection) -> None:
        """Remember what was written so far."""
        self.raw(connection).mark()

    def require_whole(self, connection: Connection) -> None:
        """Raise `MigrationError` also where SQLite itself ended the transaction."""
        super().require_whole(connection)
        self.raw(connection).require_whole()

    def drop_tables(self, connection: Connection, names: Collection[str]) -> None:
        """Drop these tables, in any order: foreign keys are off, and some lead nowhere."""
        quote = connection.dialect.identifier_preparer.quote
        for name in names:
            connection.exec_driver_sql(f"DROP TABLE {quote(name)}")

    def translate(self, err: Exception) -> DbmanError:
        """Return dbman's error for one of SQLite, by the text that SQLite gives."""
        reason = self.reason(err)
        place = self.describe()
        if "locked" in reason:
            return LockError(
                f"{place} is in use by another program (waited {self.lock_timeout:g} s)",
                "end that program, or wait longer with --lock-timeout SECONDS",
            )
        if "disk is full" in reason or "disk I/O error" in reason:
            return DatabaseError(f"{reason} at {place}; nothing was changed", "make room and retry")
        if "readonly" in reason:
            return DatabaseError(f"{place}, or its folder, is not writable")
        if "malformed" in reason or "not a database" in reason:
            return DatabaseError(f"{place} is damaged ({reason})", "restore a backup")
        return DatabaseError(f"cannot use {place}: {reason}")

    def _make_engine(self, creator: Any, begin: str) -> Engine:
        from sqlalchemy import create_engine, event
        from sqlalchemy.pool import StaticPool

        engine = create_engine(
            self.url,
            creator=creator,
            poolclass=StaticPool,
            pool_reset_on_return=None,
            **_legacy_off(),
        )

        @event.listens_for(engine, "begin")
        def begin_transaction(connection: Connection) -> None:
            raw = self.raw(connection)
            if not raw.in_transaction and not raw.is_free:
                raw.execute(begin)
            elif raw.guarded:
                raw.mark()

        return engine

    def _writer(self) -> sqlite3.Connection:
        if self._held is not None:
            return self._held  # Also after a script's engine.dispose(): another one would wait.
        place = self.place.database or ":memory:"
        if self.uri:
            query = self.place.query
            chosen = {key: query[key] for key in _URI_KEYS if key in query}
            place += f"?{urlencode(chosen)}"
        connection = self._connect(place, uri=self.uri)
        connection.execute("PRAGMA foreign_keys = OFF")
        return connection

    def _reader(self) -> sqlite3.Connection:
        assert self.path is not None
        try:
            return open_for_reading(self.path, lambda place: self._connect(place, uri=True))
        except OSError as err:  # It was there a moment ago.
            raise DatabaseError(f"cannot read {self.path}: {err.strerror}") from err

    def _connect(self, place: str, *, uri: bool) -> sqlite3.Connection:
        return sqlite3.connect(
            place,
            timeout=self.lock_timeout,
            isolation_level=None,
            check_same_thread=False,
            factory=GuardedConnection,
            uri=uri,
        )

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Raise SQLite's own exceptions as errors of dbman, too."""
        try:
            with super().translated():
                yield
        except sqlite3.Error as err:
            raise self.translate(err) from err

    def _check_folder(self, path: Path) -> None:
        folder = path.parent
        if not folder.exists():
            raise DatabaseError(
                f"the folder {folder} does not exist", f"mkdir -p {shlex.quote(str(folder))}"
            )
        if not folder.is_dir():
            raise DatabaseError(f"{folder} is a file, not a folder", "name a file in a folder")

    def _check_file(self, path: Path) -> None:
        try:
            mode = path.stat().st_mode
            start = first_bytes(path) if stat.S_ISREG(mode) else b""
        except FileNotFoundError as err:
            raise DatabaseError(
                f"{path} is a link to {path.readlink()}, which does not exist",
                "mend the link, or name another file",
            ) from err
        except OSError as err:
            raise _unreadable(path, err) from err
        if stat.S_ISDIR(mode):
            raise DatabaseError(f"{path} is a folder", "name a file in it")
        if not stat.S_ISREG(mode):
            raise DatabaseError(f"{path} is no regular file", "name another file")
        # A file being written for the first time may begin with a page that is still to come.
        if start.strip(b"\0") and not start.startswith(MAGIC):
            shown = start.decode("ascii", "replace")[:8]
            raise DatabaseError(
                f"{path} is not a SQLite database (it starts with {shown!r})", "name another file"
            )


def _unreadable(path: Path, err: Exception) -> DatabaseError:
    """Return the error for a file that the system does not let us read."""
    refused = isinstance(err, PermissionError)
    return DatabaseError(
        f"cannot read {path}: {getattr(err, 'strerror', None) or err}",
        "see that this user may read it" if refused else "name another file",
    )


def _path_of(name: str, query: Mapping[str, Any], *, is_uri: bool) -> Path | None:
    """Return the file that a URL names; None for a database in memory.

    Source: https://www.sqlite.org/uri.html
    """
    if is_uri:
        name = unquote(name.removeprefix("file:"))
        if name.startswith("//"):
            name = "/" + name[2:].partition("/")[2]
        name = re.sub(r"^/(?=[A-Za-z]:[/\\])", "", name)  # file:///C:/acme.db
    in_memory = name in ("", ":memory:") or (is_uri and query.get("mode") == "memory")
    return None if in_memory else Path(name)
