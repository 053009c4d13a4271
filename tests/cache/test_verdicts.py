"""What a check found is answered a second time without imports, and only if all is as it was."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from conftest import INSTALLER, Demo
from dbman.store import Store
from scripts_text import makes, script

PROGRAM = """
import sys
from dbman import headers
headers._SETTLED = 0
from dbman.cli import main
code = main(sys.argv[1:])
print("whole" if "sqlalchemy" in sys.modules else "kept", file=sys.stderr)
sys.exit(code)
"""
UNWRITTEN = {"PYTHONDONTWRITEBYTECODE": "1"}
"""Python itself takes old bytecode for that of a new source with the same size and second."""
ALIKE = "the migrations build the models\n"
CORE = """import sqlalchemy as sa
from dbman import Extension
from core.sizes import LENGTH

metadata = sa.MetaData()
sa.Table(
    "note",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("title", sa.String(LENGTH)),
)
extension = Extension(metadata=metadata)
"""
SHOP = """from sqlalchemy import Column, Integer, Table

from core.db import metadata

Table("shop_item", metadata, Column("id", Integer, primary_key=True))
"""


class Shop:
    """A core and an extension that are installed, and the processes that see them."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.site = demo.site
        self.core = demo.site / "core"
        self.settings = demo.folder / "dbman.toml"

    def say(self, *words: str, **options: str) -> CompletedProcess[str]:
        """Return what dbman says, with the word of the program at the end of stderr."""
        return self.demo.python("-c", PROGRAM, *words, cold=True, env={**UNWRITTEN, **options})

    def check(self, **options: str) -> tuple[str, str]:
        """Return what a check prints, and the word."""
        ran = self.say("check", **options)
        return ran.stdout, ran.stderr.splitlines()[-1]

    def verdicts(self) -> list[Path]:
        """Return the files of what is kept."""
        return list(self.demo.folder.rglob("verdict-*"))

    def keep(self) -> None:
        """Let a check be kept."""
        assert self.check() == (ALIKE, "whole")
        assert len(self.verdicts()) == 1

    def never_keep(self) -> None:
        """See that a check is not kept."""
        assert self.check() == (ALIKE, "whole")
        assert self.verdicts() == []


@pytest.fixture
def shop(make_extension: Callable[..., Path], tmp_path: Path) -> Shop:
    """Return the application, of which nothing is kept yet."""
    column = 'sa.Column("title", sa.String(50))'
    site = make_extension("core", {"a.py": script("a", *makes("note", column))}, db=CORE)
    made = script("b", *makes("shop_item"), label="shop")
    make_extension("shop", {"b.py": made}, db=SHOP, value="shop.db")
    (site / "core" / "sizes.py").write_text("LENGTH = 50\n", encoding="utf-8")
    (tmp_path / "dbman.toml").write_text('core = "core"\n', encoding="utf-8")
    return Shop(Demo(site, tmp_path))


def _edit(path: Path, old: str, new: str) -> None:
    """Edit a file so that neither its size nor its time of change tells, if that can be."""
    before = path.stat()
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize(
    "words", [["check"], ["check", "shop"], ["check", "--json"], ["check", "-v"]]
)
def test_the_second_answer_imports_nothing(shop: Shop, words: list[str]) -> None:
    """And is the first one, byte for byte."""
    shop.check()  # so that nothing is replayed later on
    for path in shop.verdicts():
        path.unlink()
    first, second = shop.say(*words), shop.say(*words)
    assert (first.returncode, second.returncode) == (0, 0)
    assert second.stdout == first.stdout
    assert second.stderr == first.stderr.replace("whole\n", "kept\n")
    assert first.stderr.endswith("whole\n")


def test_each_question_has_its_answer(shop: Shop) -> None:
    """In one file; who was not asked about has none."""
    shop.keep()
    assert shop.say("check", "shop", "core").stderr == "whole\n"
    for words, names in ((["shop", "core"], ["core", "shop"]), ([], ["core", "shop"])):
        ran = shop.say("check", *words, "--json")
        assert ran.stderr == "kept\n"
        assert json.loads(ran.stdout)["compared"] == names
    (path,) = shop.verdicts()
    assert path.name in shop.say("cache", "info").stdout
    shop.say("cache", "clear")
    assert shop.check() == (ALIKE, "whole")


@pytest.mark.parametrize(
    ("place", "old", "new"),
    [
        ("core/db.py", '"title"', '"names"'),
        ("core/sizes.py", "50", "60"),
        ("core/__init__.py", "", "import core.sizes; core.sizes.LENGTH = 60"),
        ("shop/db.py", "shop_item", "shop_bill"),
        ("core/migrations/a.py", "50", "60"),
        ("shop/migrations/b.py", "shop_item", "shop_bill"),
    ],
)
def test_whatever_is_edited_is_seen(shop: Shop, place: str, old: str, new: str) -> None:
    """Models, what they import, and scripts; also of the same size and time."""
    shop.keep()
    _edit(shop.site / place, old, new)
    told, word = shop.check()
    assert word == "whole"
    assert told.startswith("the migrations do not build the models")


def _package_before_a_module(shop: Shop) -> None:
    (shop.core / "sizes").mkdir()
    (shop.core / "sizes" / "__init__.py").write_text("LENGTH = 60\n", encoding="utf-8")


def _earlier_on_the_path(shop: Shop) -> dict[str, str]:
    other = shop.demo.folder / "other" / "core"
    other.mkdir(parents=True)
    for path in (*shop.core.glob("*.py"),):
        (other / path.name).write_text(path.read_text().replace("50", "60"), encoding="utf-8")
    (other / "migrations").symlink_to(shop.core / "migrations")
    return {"PYTHONPATH": f"{other.parent}{os.pathsep}{shop.site}"}


def _another_script(shop: Shop) -> None:
    made = script("c", 'op.add_column("note", sa.Column("size", sa.Integer))', down="a")
    (shop.core / "migrations" / "c.py").write_text(made, encoding="utf-8")


def _another_extension(shop: Shop) -> None:
    package = shop.site / "more"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "db.py").write_text(SHOP.replace("shop_item", "more_item"), encoding="utf-8")
    points = {"dbman.extensions": {"more": "more.db"}}
    project = {"name": "more", "version": "1", "entry-points": points}
    INSTALLER["write_dist_info"](shop.site, project, package="more")


@pytest.mark.parametrize(
    "change",
    [_package_before_a_module, _earlier_on_the_path, _another_script, _another_extension],
)
def test_whatever_is_new_is_seen(
    shop: Shop, change: Callable[[Shop], dict[str, str] | None]
) -> None:
    """Modules that are found before others, scripts and entry points."""
    shop.keep()
    told, word = shop.check(**change(shop) or {})
    assert word == "whole"
    assert told.startswith("the migrations do not build the models")


def test_other_settings_have_answers_of_their_own(shop: Shop) -> None:
    """Each of them counts."""
    shop.keep()
    for line in ("lock = 'none'", "[environment]\ncompare_type = false"):
        shop.settings.write_text(f'core = "core"\n{line}\n', encoding="utf-8")
        assert shop.check()[1] == "whole"


def test_what_is_broken_later_is_told(shop: Shop) -> None:
    """A helper that is gone breaks the models."""
    shop.keep()
    (shop.core / "sizes.py").unlink()
    ran = shop.say("check")
    assert (ran.returncode, ran.stderr.splitlines()[-1]) == (4, "whole")


@pytest.mark.parametrize(
    "new",
    [
        "from sqlalchemy.ext.compiler import compiles\nfrom sqlalchemy.schema import CreateColumn"
        "\nLENGTH = 50\n\n\n@compiles(CreateColumn)\ndef same(element, compiler, **given):\n"
        "    return compiler.visit_create_column(element, **given)",
        "import sqlalchemy as sa\nsa.util.warn('hello')\nLENGTH = 50",
        "LENGTH = 50\nprint('hello')",
    ],
    ids=["compiles", "warns", "prints"],
)
def test_models_that_change_sqlalchemy_or_speak(shop: Shop, new: str) -> None:
    """Are imported every time, as what they do and say has to be done and said."""
    _edit(shop.core / "sizes.py", "LENGTH = 50", new)
    shop.never_keep()


def test_a_variable_of_a_model(shop: Shop) -> None:
    """Has its say every time."""
    new = "import os\nLENGTH = int(os.environ.get('LENGTH', '50'))"
    _edit(shop.core / "sizes.py", "LENGTH = 50", new)
    shop.never_keep()
    assert shop.check(LENGTH="60")[0].startswith("the migrations do not build the models")


@pytest.mark.parametrize(
    "text",
    [
        "snapshot = false",
        'context = "contextlib:nullcontext"',
        'bootstrap = "builtins:id"',
        '[environment]\ninclude_object = "core.deciding:wanted"',
    ],
)
def test_settings_with_which_nothing_is_kept(shop: Shop, text: str) -> None:
    """Nobody follows what callables do."""
    deciding = "def wanted(*args):\n    return True\n"
    (shop.core / "deciding.py").write_text(deciding, encoding="utf-8")
    shop.settings.write_text(f'core = "core"\n{text}\n', encoding="utf-8")
    shop.never_keep()


def test_a_plugin_that_compares(shop: Shop) -> None:
    """Alembic loads it itself, and may find anything by it."""
    pytest.importorskip("alembic.runtime.plugins")
    comparing = (
        "def setup(plugin):\n    plugin.add_autogenerate_comparator(found, 'schema', 'all')\n\n\n"
        "def found(*args):\n    pass\n"
    )
    (shop.site / "comparing.py").write_text(comparing, encoding="utf-8")
    points = {"alembic.plugins": {"comparing": "comparing"}}
    project = {"name": "comparing", "version": "1", "entry-points": points}
    INSTALLER["write_dist_info"](shop.site, project, package="comparing")
    for _ in range(2):
        shop.never_keep()
    assert list(shop.demo.folder.rglob("settled-*")) == []


def test_an_impure_script(shop: Shop) -> None:
    """Makes something else the next time, perhaps."""
    _edit(shop.core / "migrations" / "a.py", "from alembic", "import os\nfrom alembic")
    shop.never_keep()


@pytest.mark.parametrize("words", [["--skip", "shop"], ["shop", "--skip", "core"]])
def test_nothing_is_kept_of_a_part(shop: Shop, words: list[str]) -> None:
    """Who is left aside is told, and may have had a say."""
    for _ in range(2):
        assert shop.say("check", *words).stderr.endswith("whole\n")


def test_a_process_that_has_loaded_models(shop: Shop) -> None:
    """May have done anything to them: it neither keeps nor takes an answer."""
    program = PROGRAM.replace("import sys\n", "import sys\nimport core.db\n", 1)

    def say() -> str:
        ran = shop.demo.python("-c", program, "check", cold=True)
        return ran.stderr.splitlines()[-1]

    assert say() == "whole"
    assert shop.verdicts() == []
    shop.keep()
    assert say() == "whole"


def test_bytecode_that_is_out_of_date(shop: Shop) -> None:
    """Python goes by size and second, so that it may run what stands in no source: nothing kept."""
    with_bytecode = {"PYTHONDONTWRITEBYTECODE": ""}
    shop.check(**with_bytecode)
    _edit(shop.core / "sizes.py", "50", "60")
    for path in shop.verdicts():
        path.unlink()
    assert shop.check(**with_bytecode) == (ALIKE, "whole")
    assert shop.verdicts() == []


def test_a_file_that_is_not_sound(shop: Shop) -> None:
    """Is passed over, and written anew."""
    shop.keep()
    (path,) = shop.verdicts()
    store = Store(lambda: path.parent, ".kept")
    for content in (None, b"[]", b"\xff\x00"):
        if content is None:
            path.write_bytes(path.read_bytes()[:-20])
        else:
            store.write(path.stem, content)
        shop.keep()
    assert shop.check() == (ALIKE, "kept")


def test_two_at_once(shop: Shop) -> None:
    """Both answer, and what they keep is sound."""
    with ThreadPoolExecutor() as pool:
        for words in (["whole", "whole"], ["kept", "kept"]):
            assert [*pool.map(lambda _: shop.check(), range(2))] == [
                (ALIKE, each) for each in words
            ]
