"""What the scripts do, recorded while all of them are replayed on a scratch database.

- `results`: what is recorded, of each step and of each operation and statement in it
- `listening`: hangs itself into Alembic's operations and into the connection
- `naming`: the tables that an operation or a statement changes
- `replaying`: each revision up, down, and the state after the upgrade again
"""

from __future__ import annotations

from dbman.lint.recording.replaying import record
from dbman.lint.recording.results import Place, Recorded, RecordedStep, Recording

__all__ = ["Place", "Recorded", "RecordedStep", "Recording", "record"]
