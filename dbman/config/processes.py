"""The environment of programs that dbman starts."""

from __future__ import annotations

import os
from collections.abc import Mapping


def variables(added: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of this process with others added, for one that it starts."""
    return {**os.environ, **added}
