"""Replays on scratch databases that show whether every revision can be relied on.

A family of checks is one file with a function from a `Bench` to its `Unit`s, named in
`verifying.FAMILIES`; the work of a unit yields what it finds, and what it had to pass over.
"""

from __future__ import annotations

from dbman.verify.bench import Bench, Options
from dbman.verify.results import Finding, Outcome, Skipped, Verification
from dbman.verify.units import Unit
from dbman.verify.verifying import all_units, notes_of, verify

__all__ = [
    "Bench",
    "Finding",
    "Options",
    "Outcome",
    "Skipped",
    "Unit",
    "Verification",
    "all_units",
    "notes_of",
    "verify",
]
