"""What is kept between runs to be quicker: never trusted blindly, and never missed.

- `purity`: whether running a script gives the same every time
- `hooks`: whether somebody changed what SQLAlchemy writes
- `snapshots`: scratch databases at the heads, by a hash of all that makes them
- `settled`: comparisons that found nothing, by a hash of all that they looked at
- `running`: what runs, which is a part of every key
"""

from __future__ import annotations

from dbman.cache.settled import SettledMarks
from dbman.cache.snapshots import Snapshot

__all__ = ["SettledMarks", "Snapshot"]
