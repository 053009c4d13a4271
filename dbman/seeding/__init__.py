"""The first rows: the `seed` callables of extensions, in order, in one transaction, tried twice."""

from __future__ import annotations

from dbman.seeding.results import Seed, Seeding
from dbman.seeding.running import seed

__all__ = ["Seed", "Seeding", "seed"]
