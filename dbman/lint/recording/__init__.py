"""What the scripts do, recorded while all of them are replayed on a scratch database.

- `results`: what is recorded of each step; of each operation and statement in it, and how that is
  heard, is in `dbman.recording`
- `replaying`: each revision up, down, and the state after the upgrade again
"""

from __future__ import annotations

from dbman.lint.recording.replaying import record
from dbman.lint.recording.results import RecordedStep, Recording
from dbman.recording import Place, Recorded

__all__ = ["Place", "Recorded", "RecordedStep", "Recording", "record"]
