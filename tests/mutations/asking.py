"""Each fault in an installation of its own, and what every tool says of it."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mutations import by_others
from mutations.fault import SOUND, Fault

ROOT = Path(__file__).parents[2]
INSTALLER = runpy.run_path(str(ROOT / "tests" / "demo" / "install.py"))
NAMES = tuple(by_others.NEEDS)
DBMAN = ("check", "lint", "verify")
OTHERS = ("alembic check", "pytest-alembic")
Findings = Mapping[str, list[str]]
"""What each tool finds."""


@dataclass(frozen=True)
class Laboratory:
    """Installs faults and asks the tools."""

    folder: Path
    """Where installations are made."""
    python: Path | None = None
    """The Python that has pytest-alembic; without it only dbman is asked."""

    def prepare(self) -> None:
        """Install the demo, sound."""
        shutil.rmtree(self.folder / "sound", ignore_errors=True)
        INSTALLER["install"](self.folder / "sound", NAMES)
        Fault("", "gadget", SOUND).apply(self.folder / "sound")

    def ask(self, family: str, name: str, fault: Fault | None = None) -> Findings:
        """Return what a family of tools finds about an extension: sound, or with a fault.

        A family is "dbman", one of its three tools, or "others".
        """
        title = f"{fault.title if fault else name} {family}"
        place = self.folder / "".join(each if each.isalnum() else "-" for each in title)[:90]
        shutil.copytree(self.folder / "sound", place / "site")
        if fault is not None:
            fault.apply(place / "site")
        if family != "others":
            found = self._dbman(place, name, DBMAN if family == "dbman" else (family,))
        else:
            assert self.python is not None
            found = by_others.findings(self.python, place / "plain", place / "site", name)
        shutil.rmtree(place)
        return found

    def _dbman(self, place: Path, name: str, tools: Sequence[str]) -> Findings:
        """Ask dbman in a process of its own, for models are imported only once."""
        done = subprocess.run(
            [sys.executable, "-m", "mutations.by_dbman", str(place / "site"), name, *tools],
            cwd=place,
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
            stdout=subprocess.PIPE,
            encoding="utf-8",
            timeout=600,
            check=True,
        )
        found: Findings = json.loads(done.stdout)
        return found


def caught(sound: Findings, found: Findings) -> dict[str, list[str]]:
    """Return what is new by tool."""
    return {
        tool: [each for each in found[tool] if each not in sound.get(tool, ())] for tool in found
    }
