"""Backups: of SQLite files by SQLite itself, of servers by their own programs.

- `writing`: a new file, whole or not at all
- `copies`: copying a SQLite database into a new file, and back into one that is there
- `safety`: the backup that is made before something goes
- `dumps`: the programs that dump and load a database on a server
- `making` and `restoring`: what the commands do
"""

from __future__ import annotations

from dbman.backups.making import Backup, back_up
from dbman.backups.restoring import Restored, restore
from dbman.backups.safety import safety_of

__all__ = ["Backup", "Restored", "back_up", "restore", "safety_of"]
