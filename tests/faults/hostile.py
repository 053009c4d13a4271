"""Migrations that do what migrations should not; each is a further revision of the application.

A body comes after two writes, a table `half` and a product: they must not stay when it fails, and
both must be there when it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent

from faults.application import SIGNATURE

REVISION = "h1"
HALF = """\
bind = op.get_bind()
op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
op.execute("INSERT INTO product (title) VALUES ('half')")
"""
REFUSED = "not authorized"
LOCKED = "database is locked"


@dataclass(frozen=True)
class Hostile:
    """One migration, and what has to come of it."""

    body: str
    """What its upgrade() does."""
    said: str = ""
    """What is said when it fails."""
    exit: int = 5
    """The exit code; 0 where it has to run, which then makes `half` and one product."""
    signature: str = SIGNATURE
    """The line that its upgrade() begins with."""
    bare: bool = False
    """Whether the two writes are left out."""

    @property
    def text(self) -> str:
        """Return the whole body."""
        return dedent(self.body) if self.bare else HALF + dedent(self.body)


FAILING = {
    "SQL error": Hostile("op.execute('NONSENSE')", 'near "NONSENSE": syntax error'),
    "exception": Hostile("raise ValueError('no')", "ValueError: no"),
    "sys.exit(0)": Hostile("raise SystemExit(0)", "SystemExit: 0"),
    "Ctrl-C": Hostile("raise KeyboardInterrupt", "interrupted", exit=130),
    "BaseException": Hostile("raise BaseException('no')", "BaseException: no"),
    "endless recursion": Hostile("upgrade()", ""),
    "deleted rows, then an exception": Hostile(
        "op.execute('DELETE FROM review')\nop.execute('DELETE FROM product')\nraise ValueError",
        "ValueError",
    ),
    "dropped tables, then an exception": Hostile(
        "op.drop_table('review')\nop.drop_table('product')\nraise ValueError", "ValueError"
    ),
    "rebuilt table, then an exception": Hostile(
        "with op.batch_alter_table('product', recreate='always') as batch:\n"
        "    batch.drop_column('price')\nraise ValueError",
        "ValueError",
    ),
    "user_version, then an exception": Hostile(
        "op.execute('PRAGMA user_version = 7')\nraise ValueError", "ValueError"
    ),
    "COMMIT, then an exception": Hostile("op.execute('COMMIT')\nraise ValueError", "ValueError"),
    "END behind a comment, then an exception": Hostile(
        "op.execute('/* done */ END')\nraise ValueError", "ValueError"
    ),
    "ROLLBACK": Hostile("op.execute('ROLLBACK')", REFUSED),
    "BEGIN, then an exception": Hostile("op.execute('BEGIN')\nraise ValueError", "ValueError"),
    "COMMIT twice, from the statement cache": Hostile(
        """
        raw = bind.connection.cursor()
        try:
            raw.execute("COMMIT")
        except Exception:
            raw.execute("COMMIT")
        """,
        REFUSED,
    ),
    "swallowed COMMIT, then an exception": Hostile(
        """
        try:
            bind.connection.cursor().execute("COMMIT")
        except Exception:
            raise ValueError from None
        """,
        "ValueError",
    ),
    "executescript": Hostile(
        "bind.connection.executescript('CREATE TABLE x (id); COMMIT; CREATE TABLE y (id);')",
        REFUSED,
    ),
    "commit of the driver, then an exception": Hostile(
        "bind.connection.commit()\nraise ValueError", "ValueError"
    ),
    "with the driver's connection": Hostile(
        "with bind.connection.dbapi_connection as raw:\n    raw.execute('DELETE FROM review')",
        REFUSED,
    ),
    "isolation level of the driver": Hostile(
        "raw = bind.connection.dbapi_connection\nraw.isolation_level = ''\n"
        "raw.isolation_level = None",
        REFUSED,
    ),
    "commit of the connection, then an exception": Hostile(
        "bind.commit() if hasattr(bind, 'commit') else None\nraise ValueError", "ValueError"
    ),
    "Session.commit, then an exception": Hostile(
        "from sqlalchemy.orm import Session\n"
        "with Session(bind) as session:\n"
        "    session.execute(sa.text('DELETE FROM review'))\n    session.commit()\n"
        "raise ValueError",
        "ValueError",
    ),
    "engine.begin, then an exception": Hostile(
        "with bind.engine.begin() as other:\n"
        "    other.execute(sa.text('DELETE FROM review'))\nraise ValueError",
        "ValueError",
    ),
    "autocommit connection of the engine, then an exception": Hostile(
        "with bind.engine.connect().execution_options(isolation_level='AUTOCOMMIT') as other:\n"
        "    other.execute(sa.text('DELETE FROM review'))\nraise ValueError",
        "",
    ),
    "begin_transaction of the context, then an exception": Hostile(
        "with op.get_context().begin_transaction():\n    op.execute('DELETE FROM review')\n"
        "raise ValueError",
        "ValueError",
    ),
    "inner rollback after a write": Hostile(
        "bind.connection.rollback()", "a script rolls back what it wrote"
    ),
    "swallowed inner rollback after a write": Hostile(
        """
        try:
            with bind.engine.begin() as other:
                other.execute(sa.text("DELETE FROM review"))
                raise ValueError
        except Exception:
            pass
        """,
        "a script rolls back what it wrote",
    ),
    "INSERT OR ROLLBACK": Hostile(
        "op.execute('INSERT OR ROLLBACK INTO product (id, title) VALUES (1, 2)')",
        "UNIQUE constraint failed",
    ),
    "swallowed INSERT OR ROLLBACK": Hostile(
        """
        try:
            op.execute("INSERT OR ROLLBACK INTO product (id, title) VALUES (1, 2)")
        except Exception:
            op.execute("DELETE FROM review")
        """,
        "SQLite ended the transaction",
    ),
    "swallowed INSERT OR ROLLBACK, then nothing": Hostile(
        """
        try:
            op.execute("INSERT OR ROLLBACK INTO product (id, title) VALUES (1, 2)")
        except Exception:
            pass
        """,
        "SQLite ended the transaction",
    ),
    "swallowed RAISE(ROLLBACK), then a driver's write": Hostile(
        """
        op.execute("CREATE TRIGGER no BEFORE DELETE ON product "
                   "BEGIN SELECT RAISE(ROLLBACK, 'no'); END")
        raw = bind.connection.cursor()
        try:
            raw.execute("DELETE FROM product")
        except Exception:
            raw.execute("DELETE FROM review")
        """,
        "SQLite ended the transaction",
    ),
    "autocommit_block, then an exception": Hostile(
        "with op.get_context().autocommit_block():\n    op.execute('DELETE FROM review')\n"
        "raise ValueError",
        "ValueError",
    ),
    "VACUUM": Hostile("op.execute('VACUUM')", "cannot VACUUM from within a transaction"),
    "journal_mode": Hostile(
        "op.execute('PRAGMA journal_mode = WAL')",
        "into wal mode from within a transaction",
        bare=True,
    ),
    "journal_mode OFF, then an exception": Hostile(
        "op.execute('PRAGMA journal_mode = OFF')\nop.execute('DELETE FROM review')\n"
        "raise ValueError",
        "ValueError",
    ),
    "ATTACH": Hostile("op.execute(\"ATTACH 'other.db' AS other\")", REFUSED),
    "DETACH": Hostile("op.execute('DETACH main')", REFUSED),
    "RELEASE of no savepoint": Hostile("op.execute('RELEASE nowhere')", "no such savepoint"),
    "ROLLBACK TO no savepoint": Hostile("op.execute('ROLLBACK TO nowhere')", "no such savepoint"),
    "a second connection to the file": Hostile(
        """
        import sqlite3
        other = sqlite3.connect(bind.engine.url.database, timeout=0.2)
        other.execute("DELETE FROM review")
        """,
        LOCKED,
    ),
    "a second engine on the file": Hostile(
        """
        engine = sa.create_engine(bind.engine.url, connect_args={"timeout": 0.2})
        with engine.begin() as other:
            other.execute(sa.text("DELETE FROM review"))
        """,
        LOCKED,
    ),
    "closes the connection after a write": Hostile(
        "bind.close()", "a script rolls back what it wrote"
    ),
    "closes the connection": Hostile(
        "op.get_bind().close()", "the script closed dbman's own connection", bare=True
    ),
    "closes the connection and goes on": Hostile(
        "op.get_bind().close()\nop.execute('DELETE FROM review')", "closed", bare=True
    ),
    "closes the driver's connection, then an exception": Hostile(
        "bind.connection.dbapi_connection.close()\nraise ValueError", "ValueError"
    ),
    "invalidates the connection": Hostile(
        "bind.invalidate()", "the script closed dbman's own connection"
    ),
    "detaches the connection, then an exception": Hostile(
        "bind.detach()\nraise ValueError", "ValueError"
    ),
    "disposes of the engine, then an exception": Hostile(
        "bind.engine.dispose()\nraise ValueError", "ValueError"
    ),
    "disposes of the engine and takes another connection": Hostile(
        "bind.engine.dispose()\n"
        "with bind.engine.begin() as other:\n    other.execute(sa.text('DELETE FROM review'))\n"
        "raise ValueError",
        "ValueError",
    ),
    "overwrites the database by a backup": Hostile(
        "import sqlite3\nsqlite3.connect(':memory:').backup(bind.connection.dbapi_connection)", ""
    ),
    "closes all files": Hostile(
        "import os\nos.closerange(3, 200)\nop.execute('DELETE FROM review')", ""
    ),
    "a thread that fails, joined": Hostile(
        """
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor() as pool:
            pool.submit(bind.exec_driver_sql, "NONSENSE").result()
        """,
        'near "NONSENSE"',
    ),
    "a fork that fails": Hostile(
        """
        import os
        if os.fork():
            os.wait()
        raise ValueError
        """,
        "ValueError",
    ),
    "changes the folder, then an exception": Hostile(
        "import os\nos.chdir('/')\nraise ValueError", "ValueError"
    ),
}

RUNNING = {
    "commit of the driver": Hostile("bind.connection.commit()", exit=0),
    "COMMIT": Hostile("op.execute('COMMIT')", exit=0),
    "autocommit_block": Hostile(
        "with op.get_context().autocommit_block():\n    op.execute('SELECT 1')", exit=0
    ),
    "swallowed COMMIT": Hostile(
        "try:\n    bind.connection.cursor().execute('COMMIT')\nexcept Exception:\n    pass", exit=0
    ),
    "Session.commit": Hostile(
        "from sqlalchemy.orm import Session\nwith Session(bind) as session:\n    session.commit()",
        exit=0,
    ),
    "engine.begin": Hostile("with bind.engine.begin():\n    pass", exit=0),
    "inner rollback after reading": Hostile(
        "with bind.engine.connect() as other:\n"
        "    other.execute(sa.text('SELECT 1'))\n    other.rollback() if hasattr(other, 'rollback') else None",
        exit=0,
    ),
    "begin_nested, rolled back": Hostile(
        "nested = bind.begin_nested()\nop.execute('DELETE FROM review')\nnested.rollback()", exit=0
    ),
    "SAVEPOINT, rolled back": Hostile(
        "op.execute('SAVEPOINT mine')\nop.execute('DELETE FROM review')\n"
        "op.execute('ROLLBACK TO mine')",
        exit=0,
    ),
    "foreign_keys": Hostile("op.execute('PRAGMA foreign_keys = ON')", exit=0),
    "locking_mode": Hostile("op.execute('PRAGMA locking_mode = EXCLUSIVE')", exit=0),
    "disposes of the engine": Hostile("bind.engine.dispose()", exit=0),
    "detaches the connection": Hostile("bind.detach()", exit=0),
    "reads by a second connection": Hostile(
        "import sqlite3\nassert sqlite3.connect(bind.engine.url.database).execute("
        "'SELECT count(*) FROM product').fetchone() == (301,)",
        exit=0,
    ),
    "a thread": Hostile(
        "from threading import Thread\n"
        "thread = Thread(target=bind.exec_driver_sql, args=['SELECT 1'])\n"
        "thread.start()\nthread.join()",
        exit=0,
    ),
    "a fork that goes on": Hostile(
        "import os\nif os.fork():\n    assert os.wait()[1] != 0", exit=0
    ),
    "a fork that ends": Hostile("import os\nif not os.fork():\n    os._exit(0)\nos.wait()", exit=0),
}

INVALID = {
    "upgrade() is a generator": Hostile("yield", "upgrade() would never run", exit=4),
    "upgrade() is a coroutine": Hostile(
        "pass", "upgrade() would never run", exit=4, signature="async def upgrade() -> None:"
    ),
    "upgrade() needs an argument": Hostile(
        "pass",
        "upgrade cannot be called: missing a required argument: 'x'",
        exit=4,
        signature="def upgrade(x) -> None:",
    ),
    "upgrade is no function": Hostile(
        "pass", "upgrade cannot be called", exit=4, signature="upgrade = 1\n\n\ndef other():"
    ),
    "upgrade() is missing": Hostile(
        "pass", "has no upgrade()", exit=4, signature="def other() -> None:"
    ),
    "sys.exit(0) when imported": Hostile(
        "pass",
        "ended the program (exit 0), when it was imported",
        exit=4,
        signature="raise SystemExit(0)\n\n\ndef upgrade() -> None:",
    ),
}
MENDED = Hostile("", exit=0)
HOSTILE = FAILING | INVALID | RUNNING
