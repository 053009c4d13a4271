"""What dbman tells, through Alembic's own logger."""

from __future__ import annotations

from collections.abc import Iterable
from logging import getLogger

from dbman.progress import NullProgress

LOG = getLogger("alembic.runtime.migration")


class AlembicLog(NullProgress):
    """Tell each step in Alembic's words."""

    def __init__(self, steps: Iterable[str] = ()) -> None:
        """Take the steps in the order in which they will run."""
        self._steps = iter(steps)

    def note(self, text: str) -> None:
        """Log what people want to see."""
        LOG.info("%s", text)

    def warn(self, text: str) -> None:
        """Log what deserves care."""
        LOG.warning("%s", text)

    def step(self, text: str) -> None:
        """Log the next step, as Alembic would."""
        LOG.info("Running %s", next(self._steps, text))
