"""What dbman's own process does without: modules that others import and hardly any run uses.

SQLAlchemy imports the dialect of every driver, and asyncio with TLS; `importlib.metadata` the
parser of e-mail, typer what starts programs, and Mako what colours its HTML page of errors, which
needs the lexers of Pygments.
`spare` puts them off: of `import alembic.op` a sixth of the instructions and 7 of 48 MiB.

A module of `DEFERRED` is there under its name, and is loaded when anything of it is asked for, so
that whoever uses it sees no difference. All of them are leaves: they hold classes and functions,
and register nothing when they are loaded. Only the console script calls `spare`: a host and its
other libraries import as they always did.

Python's collector of cycles looks at all that is there when it has grown by a quarter, which is
often while modules are loaded, and finds nothing in them. `COLLECTING` lets it look at what is new,
and seldom at all: in `initdb` of 1,000 revisions it takes 0.15 s of 4 instead of 0.27, for half a
MiB of 71. When the process ends, Python looks at everything three times more; what there is then
is put out of its sight, after all others that are called at the end.
"""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from threading import RLock
from types import ModuleType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from importlib.abc import Loader

COLOURS = "mako.ext.pygmentplugin"
"""What Mako does without where Pygments is not installed, and in dbman's own process."""
COLLECTING = (3000, 10, 50)
"""When cycles are collected, as `gc.set_threshold` takes it."""
_DRIVERS = {
    "mysql": "aiomysql asyncmy cymysql mariadbconnector mysqlconnector oursql pymysql pyodbc",
    "postgresql": "asyncpg pg8000 psycopg2 psycopg2cffi pygresql pypostgresql",
    "sqlite": "aiosqlite pysqlcipher",
}


def _deferred() -> Iterator[str]:
    yield from ("asyncio.sslproto", "importlib.metadata._adapters", "json", "ssl", "subprocess")
    for database, drivers in _DRIVERS.items():
        yield from (f"sqlalchemy.dialects.{database}.{driver}" for driver in drivers.split())


DEFERRED = frozenset(_deferred())
"""The modules that are loaded when something of them is asked for."""
_LOADING = RLock()


class Waiting(ModuleType):
    """A module that is loaded when anything of it is asked for, or changed.

    `importlib.util.LazyLoader` loads one as soon as it is imported a second time, for Python looks
    at `__spec__` then.
    """

    def __getattribute__(self, name: str) -> object:
        if name != "__spec__":
            _load(self)
        return ModuleType.__getattribute__(self, name)

    def __setattr__(self, name: str, value: object) -> None:
        _load(self)
        ModuleType.__setattr__(self, name, value)


class Later:
    """Lets a module wait for its own loader."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Return what its own loader makes."""
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Leave it waiting."""
        spec = module.__spec__
        assert spec is not None
        spec.loader = module.__loader__ = spec.loader_state = self.loader
        module.__class__ = Waiting


def _load(module: ModuleType) -> None:
    """Load a module that waits; whoever asks while another thread loads it waits, too."""
    with _LOADING:
        spec = module.__spec__
        if spec is None or spec.loader_state is None:
            return
        loader, spec.loader_state = spec.loader_state, None
        try:
            loader.exec_module(module)
        except BaseException:
            spec.loader_state = loader
            raise
        module.__class__ = ModuleType


class Sparing:
    """Finds the modules that are put off; every other one is left to those that follow."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a deferred module is; None for all others.

        Raises `ModuleNotFoundError` to Mako, and to nobody else, for its colours.
        """
        if fullname == COLOURS and _is_asked_by_mako():
            raise ModuleNotFoundError(f"dbman needs no {fullname}", name=fullname)
        if fullname not in DEFERRED:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = cast("Loader", Later(spec.loader))
        return spec


def _is_asked_by_mako() -> bool:
    """Return whether `mako.exceptions` is being imported, which asks once."""
    asking = sys.modules.get("mako.exceptions")
    return asking is not None and not hasattr(asking, "syntax_highlight")


def spare() -> None:
    """Put off what a run of dbman hardly ever needs; for a process that is dbman's own."""
    if not any(isinstance(finder, Sparing) for finder in sys.meta_path):
        sys.meta_path.insert(0, Sparing())
    gc.set_threshold(*COLLECTING)
    atexit.register(gc.freeze)
