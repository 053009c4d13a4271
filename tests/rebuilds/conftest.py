"""A history whose migrations rebuild tables."""

from __future__ import annotations

from histories import history

__all__ = ["history"]
