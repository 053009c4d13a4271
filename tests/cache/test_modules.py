"""What importing modules has run, and that it would run the same again."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dbman import headers
from dbman.cache.modules import Row, are_the_same, rows_of

PURE = [
    "",
    "import sqlalchemy as sa\nfrom sqlalchemy.orm import relationship",
    "from __future__ import annotations\nfrom enum import Enum",
    "from dbman import Extension",
    "from . import other",
    "from .other import SIZE",
    "from made.other import *",
    "from made import *",
    "import made.other as other",
    "def later():\n    from made.other import SIZE",
]
IMPURE = [
    "import os",
    "from datetime import date",
    "import random",
    "import importlib.metadata",
    "import logging\nlogging.warning('hello')",
    "from logging import warning",
    "print('hello')",
    "open(__file__).close()",
    "import dbman",
    "from dbman import Manager",
    "from alembic import context",
    "try:\n    import nosuch\nexcept ImportError:\n    pass",
    "try:\n    from made.own import SIZE\nexcept ImportError:\n    SIZE = 5",
    "try:\n    from made import own\nexcept ImportError:\n    own = None",
    "import pytest",
    "from made.reading import SIZE",
]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a package on the path, whose files are never too new."""
    monkeypatch.setattr(headers, "_BEGAN", sys.maxsize)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(tmp_path)
    made = tmp_path / "made"
    made.mkdir()
    (made / "__init__.py").write_text("__all__ = ['other']\n", encoding="utf-8")
    (made / "other.py").write_text("SIZE = 5\n", encoding="utf-8")
    (made / "reading.py").write_text("import os\nSIZE = len(os.environ)\n", encoding="utf-8")
    return made


def run(package: Path, text: str) -> list[Row] | None:
    """Return what importing a module of this text has run; it is unloaded again."""
    (package / "models.py").write_text(text, encoding="utf-8")
    importlib.invalidate_caches()
    before = frozenset(sys.modules)
    try:
        importlib.import_module("made.models")
        importlib.import_module("made.other")
        return rows_of(["made.models"], before)
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "made"]:
            del sys.modules[name]


@pytest.mark.parametrize("text", PURE)
def test_what_runs_the_same_again(package: Path, text: str) -> None:
    """What computes, SQLAlchemy, and modules that do no more than that."""
    rows = run(package, text)
    assert rows is not None
    assert are_the_same(rows)
    files = {name: place for name, place, state in rows if state}
    assert files["made"] == str(package / "__init__.py")
    assert files.keys() <= {"made", "made.models", "made.other"}
    assert ("made.other" in files) is ("other" in text or "*" in text)


@pytest.mark.parametrize("text", IMPURE)
def test_what_may_do_something_else(package: Path, text: str) -> None:
    """Clock, chance, environment, files, what is installed or not; what speaks."""
    assert run(package, text) is None


def _edited(package: Path) -> None:
    path = package / "other.py"
    state = path.stat()
    path.write_text("SIZE = 6\n", encoding="utf-8")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def _shadowed(package: Path) -> None:
    (package / "other").mkdir()
    (package / "other" / "__init__.py").write_text("SIZE = 6\n", encoding="utf-8")


def _compiled(package: Path) -> None:
    (package / f"other{importlib.machinery.EXTENSION_SUFFIXES[0]}").touch()


def _gone(package: Path) -> None:
    (package / "other.py").unlink()


def _before(package: Path) -> None:
    first = package.parent / "first"
    (first / "made").mkdir(parents=True)
    (first / "made" / "__init__.py").touch()
    sys.path.insert(0, str(first))


def _loaded(package: Path) -> None:
    importlib.import_module("made.other")


@pytest.mark.parametrize("change", [_edited, _shadowed, _compiled, _gone, _before, _loaded])
def test_what_does_not(package: Path, change: Callable[[Path], None]) -> None:
    """A source that changed, also of the same size and time; what is found before it."""
    rows = run(package, "from made.other import SIZE")
    assert rows is not None
    change(package)
    importlib.invalidate_caches()
    assert not are_the_same(rows)


def test_what_was_loaded_before(package: Path) -> None:
    """Nobody knows what has been done to it."""
    (package / "models.py").write_text("from made import other", encoding="utf-8")
    importlib.import_module("made.other")
    before = frozenset(sys.modules)
    importlib.import_module("made.models")
    assert rows_of(["made.models"], before) is None


def test_what_changed_since_the_process_began(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """May have been read before."""
    monkeypatch.setattr(headers, "_BEGAN", (package / "other.py").stat().st_mtime_ns)
    assert run(package, "from made.other import SIZE") is None
