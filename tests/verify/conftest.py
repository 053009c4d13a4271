"""Histories of one extension, and what verifying them finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import invalidate_caches
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from dbman import Manager
from dbman.verify import Verification
from scripts_text import script


def step(number: int, up: str, down: str | None) -> str:
    """Return the script of revision r1, r2, ...; without `down` it has no downgrade."""
    label, before = (None, f"r{number - 1}") if number > 1 else ("poser", None)
    bodies = (dedent(body or "pass").strip() for body in (up, down))
    text = script(f"r{number}", *bodies, down=before, label=label)
    return text if down is not None else text.partition("\n\ndef downgrade")[0] + "\n"


@dataclass
class History:
    """An extension `poser` made of steps, and what is found in it."""

    make: Callable[..., Path]
    """The fixture `make_extension`."""
    folder: Path
    """An empty folder."""

    def __call__(self, *steps: tuple[str, str | None], **options: Any) -> Verification:
        """Verify a history of (upgrade, downgrade): revisions r1, r2, ..."""
        return self.manager(*steps, **options.pop("settings", {})).verify(**options)

    def manager(self, *steps: tuple[str, str | None], **settings: Any) -> Manager:
        """Return a manager of such a history."""
        scripts = {f"r{number}.py": step(number, *bodies) for number, bodies in enumerate(steps, 1)}
        self.make("poser", scripts)
        invalidate_caches()  # the folder was not there when it was looked for first
        return Manager(**{"core": "poser", **settings})

    def told(self, found: Verification, check: str) -> Mapping[str, list[str]]:
        """Return the messages of one check by revision."""
        told: dict[str, list[str]] = {}
        for each in found.findings:
            if each.check == check:
                told.setdefault(str(each.revision), []).append(each.message)
        return told


@pytest.fixture
def history(
    make_extension: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> History:
    """Return what makes and verifies histories; the current folder is an empty one."""
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.chdir(tmp_path)
    return History(make_extension, tmp_path)
