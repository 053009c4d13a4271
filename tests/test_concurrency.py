"""Several upgraders at once: one does the work, the others wait and find nothing to do."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from crews import NOTES, ROWS, Crew, contents, empty, install

ROUNDS = int(os.environ.get("DBMAN_TEST_ROUNDS", "2"))
UPGRADERS = 8


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Return the URL of a file that is not there yet."""
    return f"sqlite:///{tmp_path}/x.db"


@pytest.mark.parametrize(
    ("kind", "lock"),
    [
        ("sqlite", "auto"),
        ("postgresql", "auto"),
        ("postgresql", "row"),
        ("mariadb", "auto"),
        ("mariadb", "row"),
    ],
)
def test_eight_upgraders(
    kind: str,
    lock: str,
    request: pytest.FixtureRequest,
    make_extension: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All exit with 0, and each revision was applied once."""
    url = request.getfixturevalue(f"{kind}_url")
    site = install(make_extension)
    monkeypatch.syspath_prepend(site)
    monkeypatch.chdir(tmp_path)
    with Crew(site, tmp_path, UPGRADERS, lock=lock) as crew:
        for _ in range(ROUNDS):
            crew.order(url)
            assert crew.answers() == ["0"] * UPGRADERS
            assert contents(url, lock=lock) == {"rows": ROWS, "notes": NOTES}
            empty(url, lock=lock)
