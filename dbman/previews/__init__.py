"""What a plan would do, in full: the operations of each step, the tables that it touches."""

from __future__ import annotations

from dbman.previews.counting import Touched
from dbman.previews.making import MOST_STEPS, Preview, preview

__all__ = ["MOST_STEPS", "Preview", "Touched", "preview"]
