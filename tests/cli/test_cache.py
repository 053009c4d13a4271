"""dbman cache: what is kept between runs, and that it goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbman.store import kept_store

pytestmark = pytest.mark.any_version


def test_info_and_clear(cli) -> None:
    """What generate has kept of the demo."""
    assert cli("generate", "poser", "-m", "x", "--empty", "--dry-run").code == 0
    assert cli("generate", "poser", "-m", "x", "--dry-run").code == 0
    (entry,) = kept_store().entries()
    told = f"1 file, {entry.size / 1024:.0f} KiB, in {entry.path.parent}"
    shown = cli("cache", "info")
    assert shown.out.split()[0] == entry.path.name
    assert shown.err.splitlines() == [told, "`dbman cache clear` takes it away"]
    assert cli("cache", "clear").err.splitlines() == [f"cleared: {told}"]
    assert not entry.path.exists()
    nothing = f"0 files, 0 KiB, in {entry.path.parent}"
    assert cli("cache").err.splitlines() == [nothing]
    assert cli("cache", "clear").err.splitlines() == [f"cleared: {nothing}"]


def test_a_wrong_word(cli, tmp_path: Path) -> None:
    """Exit code 2, and what there is."""
    done = cli("cache", "empty")
    assert done.code == 2
    assert "'empty' is not one of 'info', 'clear'" in done.err
