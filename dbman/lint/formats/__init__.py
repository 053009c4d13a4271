"""The findings for other programs, one file per form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from dbman.lint.formats.github import github
from dbman.lint.formats.sarif import sarif
from dbman.lint.results import Linted

FORMATS: Mapping[str, Callable[[Linted, Path], str]] = {"github": github, "sarif": sarif}
"""The forms by name: each takes the findings and the folder that paths are told from."""

__all__ = ["FORMATS"]
