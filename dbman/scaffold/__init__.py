"""Make the project of an extension, or of the core, that can be installed and passes its tests."""

from __future__ import annotations

from dbman.scaffold.making import new
from dbman.scaffold.results import Scaffold, ScaffoldFile

__all__ = ["Scaffold", "ScaffoldFile", "new"]
