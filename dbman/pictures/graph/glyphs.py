"""The characters that a picture on a terminal is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Glyphs:
    """One set of characters, each one column wide."""

    states: Mapping[str, str]
    """A node by its state, or as an orphan."""
    line: str
    """Between two nodes."""
    fold: str
    """On both sides of the number of revisions that are folded."""
    branch: str
    """Where a track leaves another one."""
    merge: str
    """Where it comes back."""
    branches: str
    """The first, where another track leaves below it."""
    merges: str
    """The second, likewise."""
    down: str
    """Between the two."""
    joint: str
    """Where one leaves a line that goes on, or comes to one."""
    rise: str
    """Where one goes up from a line that goes on, or comes up to one."""
    leave: str
    """Where it leaves a node after which no line goes on."""
    come: str
    """Where it comes to a node before which there is no line."""
    cross: str
    """Where that crosses a line."""
    more: str
    """Where a text is cut."""

    def folded(self, counts: Mapping[str, int]) -> str:
        """Return what stands for so many revisions of each state."""
        told = "".join(f"{counts[state]}{self.states[state]}" for state in counts)
        return f"{self.fold}{told}{self.fold}"


_STATES = ("applied", "pending", "unknown", "orphan")
UNICODE = Glyphs(dict(zip(_STATES, "●○◌◆", strict=True)), *"─╌└┘├┤│┬┴┐┌┼…")
ASCII = Glyphs(dict(zip(_STATES, "*o?#", strict=True)), *"-~`'|||.'..+~")
