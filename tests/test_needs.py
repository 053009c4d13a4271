"""An extension whose distribution needs another version of the core says so in `status`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from conftest import INSTALLER, Demo
from dbman.config import Settings
from dbman.extensions import discover
from dbman.extensions.needs import unmet_needs

pytestmark = pytest.mark.any_version
Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Return a function that installs a distribution with one extension."""
    site = tmp_path / "site"
    monkeypatch.syspath_prepend(site)

    def make(name: str, version: str, needs: Sequence[str] = (), **points: str) -> None:
        package = name.replace("-", "_").lower()
        (site / package).mkdir(parents=True)
        (site / package / "__init__.py").write_text("", encoding="utf-8")
        group = {"dbman.extensions": points or {package: f"{package}.db:extension"}}
        project: dict[str, Any] = {
            "name": name,
            "version": version,
            "dependencies": needs,
            "entry-points": group,
        }
        INSTALLER["write_dist_info"](site, project, package=package)

    return make


def unmet() -> dict[str, tuple[str, ...]]:
    """Return what is unmet of all that is installed."""
    return dict(unmet_needs(discover(Settings(core="acme"))))


@pytest.mark.parametrize(
    ("need", "told"),
    [
        ("acme>=2", "acme>=2, and acme 1.4 is installed"),
        ("Acme >= 2.0, < 3", "acme>= 2.0, < 3, and acme 1.4 is installed"),
        ("acme[extra] (>=2)", "acme>=2, and acme 1.4 is installed"),
        ("acme<1.4", "acme<1.4, and acme 1.4 is installed"),
        ("acme>=1", None),
        ("acme", None),
        ("acme @ https://example.org/acme.whl", None),
        ("acme>=2; python_version<'3'", None),
        ("other>=2", None),
        ("poser>=9", None),
        ("nonsense >> 3", None),
    ],
)
def test_what_the_core_should_be(install: Install, need: str, told: str | None) -> None:
    """Only what is certain is told."""
    install("acme", "1.4")
    install("poser", "0.3", [need])
    assert unmet() == ({"poser": (told,)} if told else {})


def test_another_extension_and_names_as_the_index_has_them(install: Install) -> None:
    """An extension may need another one; names differ in case and in signs."""
    install("acme", "1.4")
    install("Big-Poser", "0.3", poser="big_poser.db:extension")
    install("gadget", "1", ["big_poser>=1", "acme>=2", "acme>=2"])
    assert unmet() == {
        "gadget": (
            "Big-Poser>=1, and Big-Poser 0.3 is installed",
            "acme>=2, and acme 1.4 is installed",
        )
    }


def test_status_says_it(install: Install, tmp_path: Path) -> None:
    """In words and for programs; it stops nothing."""
    install("acme", "1.4")
    install("poser", "0.3", ["acme>=2"])
    demo = Demo(tmp_path / "site", tmp_path)
    done = demo.run("status")
    assert done.stdout.splitlines()[-1] == "unmet poser needs acme>=2, and acme 1.4 is installed"
    assert '"unmet": [\n        "acme>=2, and acme 1.4 is installed"\n' in (
        demo.run("status", "--json").stdout
    )
    assert demo.run("upgrade", "--plan").returncode == 3  # there is no database, and that is all
