"""Rows that satisfy the constraints of a database, whatever it is, made from what it tells of them.

- `shapes`: what each table asks; `domains`: values by type; `checks`: values that satisfy checks
- `assembling`: one row, column by column, that doubles no key; `filling`: all rows of all tables
"""

from __future__ import annotations

from dbman.verify.rows.filling import Filled, Filler

__all__ = ["Filled", "Filler"]
