"""A move as a script of SQL, for those who read it before, or run it themselves.

- `making`: the plan, and where its statements come from: recorded on a scratch database, or
- `offline`: written by Alembic without any database
- `states`: what the script starts from, the database as it is or ``FROM:TO``
- `checks`: what a script of SQL cannot say
- `exact`: texts that a shell would not take as they are
- `shells`: the script's frame for each database's own shell
"""

from __future__ import annotations

from dbman.sqlscripts.making import SqlScript, downgrade_sql, upgrade_sql

__all__ = ["SqlScript", "downgrade_sql", "upgrade_sql"]
