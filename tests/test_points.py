"""Entry points read from folders are those that `importlib.metadata` tells."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from unittest.mock import patch

import pytest

from dbman.errors import ExtensionError
from dbman.extensions import points as room
from dbman.extensions.points import points

GROUP = "acme.plugins"
PLAIN = f"[{GROUP}]\nposer = poser.db:extension\n"
TREES: dict[str, Mapping[str, str]] = {
    "none": {},
    "plain": {"a/poser-1.0.dist-info": PLAIN},
    "no metadata": {"a/poser-1.0.dist-info": PLAIN, "b/none-1.0.dist-info": ""},
    "egg-info": {"a/poser.egg-info": PLAIN, "b/other-2-py3.egg-info": PLAIN},
    "twice on the path": {
        "a/My.Poser-1.0.dist-info": PLAIN,
        "b/my_poser-2.0.dist-info": f"[{GROUP}]\nnewer = poser\n",
    },
    "twice in a folder": {"a/poser-1.0.dist-info": PLAIN, "a/poser-2.0.dist-info": PLAIN},
    "several sections": {
        "a/poser-1.0.dist-info": f"# first\n\n[console_scripts]\nx = y:z\n[{GROUP}]\n"
        f"  one=  a.b : c [extra]  \n#two = c\nthree = d = e\n[other]\nfour = f\n[{GROUP}]\nfive=g"
    },
    "before any section": {"a/poser-1.0.dist-info": f"lost = a\n{PLAIN}"},
    "brackets": {
        "a/poser-1.0.dist-info": f"[[{GROUP}]]\na = b\n[ {GROUP} ]\nc = d\n[{GROUP}]\ne=f"
    },
    "returns": {"a/poser-1.0.dist-info": PLAIN.replace("\n", "\r\n")},
    "no version": {"a/poser.dist-info": PLAIN},
    "no name": {"a/-1.0.dist-info": PLAIN, "a/.dist-info": PLAIN},
    "capitals": {"a/Poser-1.0.DIST-INFO": PLAIN},
    "in an egg": {"poser-1.0-py3.egg/EGG-INFO": PLAIN},
    "no such place": {"a/poser-1.0.dist-info": PLAIN},
}


def placed(tree: Mapping[str, str], folder: Path) -> list[str]:
    """Write a tree and return the path that has it, with a place that is not there."""
    for number, (name, text) in enumerate(tree.items()):
        info = folder / name
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Name: dist{number}\nVersion: 1\n", encoding="utf-8")
        if text:
            (info / "entry_points.txt").write_bytes(text.encode())
    return [*sorted({str(folder / name.split("/")[0]) for name in tree}), str(folder / "nowhere")]


def told() -> list[tuple[str, str, str | None]]:
    """Return what `importlib.metadata` tells."""
    found = metadata.entry_points(group=GROUP)
    return [(each.name, each.value, each.dist.read_text("METADATA")) for each in found if each.dist]


@pytest.mark.any_version
@pytest.mark.parametrize("name", TREES)
def test_as_metadata_has_them(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same entry points in the same order, each with the files of its own distribution."""
    monkeypatch.setattr(sys, "path", placed(TREES[name], tmp_path))
    found = [(each.name, each.value, each.read("METADATA")) for each in points(GROUP)]
    assert found == told()
    assert bool(found) is (name != "none")


@pytest.mark.any_version
@pytest.mark.parametrize("name", ["plain", "twice on the path", "several sections", "egg-info"])
def test_metadata_is_not_asked(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders are read without it."""
    monkeypatch.setattr(sys, "path", placed(TREES[name], tmp_path))
    with patch.object(room, "_asked", side_effect=AssertionError):
        assert points(GROUP)


@pytest.mark.any_version
def test_a_zip_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is installed in a zip file is found beside what is in folders."""
    place = str(tmp_path / "all.zip")
    with zipfile.ZipFile(place, "w") as file:
        file.writestr("zipped-1.0.dist-info/METADATA", "Name: zipped\nVersion: 1.0\n")
        file.writestr("zipped-1.0.dist-info/entry_points.txt", f"[{GROUP}]\nzipped = z\n")
    monkeypatch.setattr(sys, "path", [*placed(TREES["plain"], tmp_path), place])
    assert [each.name for each in points(GROUP)] == ["poser", "zipped"]


@pytest.mark.any_version
def test_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty place of the path is the current folder."""
    placed(TREES["plain"], tmp_path)
    monkeypatch.chdir(tmp_path / "a")
    monkeypatch.setattr(sys, "path", [""])
    (point,) = points(GROUP)
    assert (point.name, point.read("METADATA")) == ("poser", "Name: dist0\nVersion: 1\n")
    assert point.read("nothing") is None


@pytest.mark.any_version
def test_a_finder_of_somebodys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Distributions that a finder knows are found, wherever they are."""

    class Finder:
        """Knows one distribution."""

        @staticmethod
        def find_spec(*of: object) -> None:
            """Find no module."""

        @staticmethod
        def find_distributions(context: object) -> list[metadata.Distribution]:
            """Return it."""
            return [metadata.PathDistribution(tmp_path / "hidden-1.0.dist-info")]

    placed({"hidden-1.0.dist-info": PLAIN}, tmp_path)
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(sys, "meta_path", [Finder, *sys.meta_path])
    assert [each.name for each in points(GROUP)] == ["poser"]


@pytest.mark.any_version
def test_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that are no text are told with the place that they are in."""
    monkeypatch.setattr(sys, "path", placed({"a/poser-1.0.dist-info": PLAIN}, tmp_path))
    (tmp_path / "a/poser-1.0.dist-info/entry_points.txt").write_bytes(b"\xe9")
    with pytest.raises(ExtensionError) as caught:
        points(GROUP)
    assert str(caught.value).startswith(f"the entry points of {tmp_path}/a/")
