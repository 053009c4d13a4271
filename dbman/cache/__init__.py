"""What is kept between runs to be quicker: never trusted blindly, and never missed.

- `purity`: whether running a script gives the same every time
- `snapshots`: scratch databases at the heads, by a hash of all that makes them
"""

from __future__ import annotations

from dbman.cache.snapshots import Snapshot

__all__ = ["Snapshot"]
