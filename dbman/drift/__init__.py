"""What two builds of one schema differ in, told by owner.

- `checking`: the models against the migrations, both built on scratch databases
"""

from __future__ import annotations

from dbman.drift.checking import check
from dbman.drift.results import Check, Drift

__all__ = ["Check", "Drift", "check"]
