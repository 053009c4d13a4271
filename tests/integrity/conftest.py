"""A history whose migrations break something."""

from __future__ import annotations

from histories import history

__all__ = ["history"]
