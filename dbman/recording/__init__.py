"""What scripts do, written down while they run on a scratch database.

- `listening`: hangs itself into Alembic's operations and into the connection; `naming` finds the
  tables that an operation or a statement changes
- `statements`: every statement that reaches the driver, its values written out (`literals`)
- `recorder`: both together, step by step; `words` puts each operation into one line
- `writes`: the tables and columns whose values statements write
- `places`: a scratch database in the state of the real one, for a plan to be recorded on
"""

from __future__ import annotations

from dbman.recording.results import Account, Operation, Place, Recorded, Statement

__all__ = ["Account", "Operation", "Place", "Recorded", "Statement"]
