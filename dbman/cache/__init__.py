"""What is kept between runs to be quicker: never trusted blindly, and never missed.

- `purity`: whether running a script, or importing a module, gives the same every time
- `hooks`: whether somebody changed what SQLAlchemy writes
- `snapshots`: scratch databases at the heads, by a hash of all that makes them
- `settled`: comparisons that found nothing, by a hash of all that they looked at
- `verdicts`: checks that found nothing to tell, with the state of all that they rest on
- `modules`: the modules that importing models runs, which is part of that
- `running`: what runs, which is a part of every key
"""

from __future__ import annotations

from dbman.cache.settled import SettledMarks
from dbman.cache.snapshots import Snapshot
from dbman.cache.verdicts import Verdicts, shown_warnings

__all__ = ["SettledMarks", "Snapshot", "Verdicts", "shown_warnings"]
