"""Pictures are written as all files are that dbman may replace."""

from __future__ import annotations

from dbman.files import MARK
from dbman.files import write_own as write_picture

__all__ = ["MARK", "write_picture"]
