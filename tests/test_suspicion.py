"""Models that cannot be imported are told by `status` without importing those that can."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from dbman.extensions import InstalledExtension
from dbman.models import are_suspect

SOUND: Mapping[str, Mapping[str, str]] = {
    "a library that is there": {"db.py": "import sqlalchemy as sa, os.path\nextension = 1"},
    "the core": {"db.py": "from suspicion_core.db import Base as extension"},
    "the package itself": {"db.py": "from . import tables\nextension = 1", "tables.py": ""},
    "a folder without __init__": {
        "db.py": "from .old.two import x\nextension = 1",
        "old/two.py": "x = 1",
    },
    "what is tried": {"db.py": "try:\n    import nosuch\nexcept ImportError: ...\nextension = 1"},
    "in a function": {"db.py": "def extension():\n    import nosuch"},
    "a star": {"db.py": "from .inner import *", "inner.py": "extension = 1"},
    "another name": {"db.py": "from .b import one as extension, two; f(a, b)", "b.py": "one=two=1"},
    "names with comments": {
        "db.py": "from .b import (  # as they are\n    one as extension,  # one, by name\n)",
        "b.py": "one = 1",
    },
    "a name that is made": {
        "db.py": "from .b import extension",
        "b.py": "def __getattr__(name):\n    return name",
    },
    "what Python warns of": {"db.py": "extension = '\\d' is 1"},
    "a byte order mark": {"db.py": "\ufeffextension = 1"},
    "a circle": {"db.py": "from .b import b\nextension = 1", "b.py": "from .db import extension"},
}
SUSPECT: Mapping[str, Mapping[str, str]] = {
    "no file": {},
    "not that name": {"db.py": "metadata = 1"},
    "nothing of that name": {"db.py": "import nosuch\nextension = 1"},
    "second of two": {"db.py": "import os, nosuch.inner\nextension = 1"},
    "from": {"db.py": "from nosuch.inner import extension"},
    "no such module": {"db.py": "from .nosuch import extension"},
    "further in": {"db.py": "from poor.b import extension", "b.py": "import nosuch"},
    "by name": {"db.py": "from . import (\n    b,\n)\nextension = 1", "b.py": "import nosuch"},
    "package": {"db.py": "extension = 1", "__init__.py": "import nosuch"},
    "no such name": {"db.py": "from .b import gone, extension", "b.py": "extension = 1"},
    "no such name of a package": {"db.py": "from poor import gone\nextension = 1"},
    "no Python": {"db.py": "extension = 1\ndef f(:\n"},
    "no Python further in": {"db.py": "from .b import extension", "b.py": "extension = (\n"},
    "nothing that Python compiles": {"db.py": "extension = 1\nreturn extension"},
    "a null byte": {"db.py": "extension = 1\0"},
    "no text": {"db.py": "extension = 1", "__init__.py": "\udcff"},
}


def _is_suspect(tmp_path: Path, files: Mapping[str, str], **changes: Any) -> bool:
    core = {"suspicion_core/__init__.py": "", "suspicion_core/db.py": "Base = 1"}
    own = {f"poor/{name}": text for name, text in {"__init__.py": "", **files}.items()}
    for name, text in {**core, **own}.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", errors="surrogateescape")
    given = {"value": "poor.db:extension", "package": "poor", **changes}
    extensions = [
        InstalledExtension("core", value="suspicion_core.db:Base", package="suspicion_core"),
        InstalledExtension("poor", **given),
    ]
    return are_suspect(extensions)


@pytest.mark.parametrize("what", SOUND)
def test_what_can_be_imported_is_not_suspect(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is anything imported to find that out."""
    monkeypatch.syspath_prepend(tmp_path)
    assert not _is_suspect(tmp_path, SOUND[what])
    assert not {"poor", "suspicion_core"} & set(sys.modules)


@pytest.mark.parametrize("what", SUSPECT)
def test_what_is_not_there_is_suspect(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The module, or whatever it imports at its margin as far as the extensions' packages go."""
    monkeypatch.syspath_prepend(tmp_path)
    assert _is_suspect(tmp_path, SUSPECT[what])


@pytest.mark.parametrize(
    "changes", [{"value": None}, {"enabled": False}, {"skipped": True}], ids=str
)
def test_what_is_left_aside_is_not_suspect(
    changes: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody would import it."""
    monkeypatch.syspath_prepend(tmp_path)
    assert not _is_suspect(tmp_path, {"db.py": "import nosuch"}, **changes)


def test_status_tells_of_models_that_fail_by_themselves_with_v(
    make_extension: Callable[..., Path], demo: Any, tmp_path: Path
) -> None:
    """Its source shows nothing of it; `-v` and `--strict` import all models."""
    poor = type(demo)(make_extension("poor", {}, db="extension = 1 / 0\n"), tmp_path)
    assert "ZeroDivisionError" not in poor.run("status").stdout
    assert "ZeroDivisionError" in poor.run("status", "-v").stdout
    assert poor.run("status", "--strict").returncode == 4


def test_status_tells_of_models_that_are_no_python(
    make_extension: Callable[..., Path], demo: Any, tmp_path: Path
) -> None:
    """Their source shows it."""
    poor = type(demo)(make_extension("poor", {}, db="def extension(:\n"), tmp_path)
    assert "SyntaxError" in poor.run("status").stdout
