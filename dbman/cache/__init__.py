"""What is kept between runs to be quicker: never trusted blindly, and never missed.

- `store`: a bounded folder of files that many processes may use at once
- `purity`: whether running a script gives the same every time
- `snapshots`: scratch databases at the heads, by a hash of all that makes them
"""

from __future__ import annotations

from dbman.cache.snapshots import Snapshot, snapshot_store
from dbman.cache.store import Entry, Store

__all__ = ["Entry", "Snapshot", "Store", "snapshot_store"]
