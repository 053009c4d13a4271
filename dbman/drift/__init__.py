"""What two builds of one schema differ in, told by owner.

- `checking`: the models against the migrations, both built on scratch databases
- `sorting`: what differs, owner by owner
- `leftovers`: what `generate` leaves alone and a check tells
- `database`: a real database against what its applied revisions build
- `whose`: the extension that something belongs to which is no table
"""

from __future__ import annotations

from dbman.drift.checking import check
from dbman.drift.results import Check, Drift

__all__ = ["Check", "Drift", "check"]
