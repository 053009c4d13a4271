"""Extensions that cannot be found, imported or told apart."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable

from bad_inputs.case import THERE, Case, Files, Place, case, error, opened
from scripts_text import makes, models, script

MORE: Files = {"b1.py": script("b1", *makes("more_thing"), label="more")}
SKIP = "mend it, or leave it aside: --skip more"
EITHER = "; or leave it aside with --skip"
WRONG_KIND = "it should name an Extension, a MetaData, a declarative base or their module"


def more(db: str = "", value: str | None = None, name: str = "more") -> Callable[[Place], None]:
    """Return what installs a second extension."""
    return lambda place: place.extension(name, MORE, db=db, value=value, package="more")


def strictly(name: str, db: str, said: str, hint: str = SKIP, value: str | None = None) -> Case:
    """Return a case in which the models of the second extension are needed."""
    return case(
        name, "createdb --strict --db x.db", 4,
        opened(),
        error(f"extension more (more 1.0): {said}", hint),
        prepare=more(db, value),
    )  # fmt: skip


def without_package(place: Place) -> None:
    """Remove the package of an extension, but not its distribution."""
    more()(place)
    shutil.rmtree(place.folder / "site" / "more")


def namespace(place: Place) -> None:
    """Make the package of an extension a namespace, without scripts."""
    more()(place)
    (place.folder / "site" / "more" / "__init__.py").unlink()
    shutil.rmtree(place.folder / "site" / "more" / "migrations")


def zipped(place: Place) -> None:
    """Put the site into a zip file of the same name."""
    site, archive = place.folder / "site", place.folder / "site.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in site.rglob("*"):
            file.write(path, path.relative_to(site))
    shutil.rmtree(site)
    archive.rename(site)


def no_text(place: Place) -> None:
    """Make the entry points of `shop` undecodable."""
    points = b"[dbman.extensions]\nshop = shop\xff.db:extension\n"
    (place.folder / "site" / "shop-1.0.dist-info" / "entry_points.txt").write_bytes(points)


def same_table(place: Place) -> None:
    """Let the scripts of two extensions make one table."""
    more()(place)
    text = script("b1", *makes("shop_item"), label="more")
    place.write({"b1.py": text}, place.folder / "site" / "more" / "migrations")


def same_model(place: Place) -> None:
    """Let the models of two extensions define one table."""
    place.write({"db.py": models("shop_", shop_item="")}, place.folder / "site" / "shop")
    more(models("more_", shop_item=""))(place)


EXTENSIONS = (
    strictly(
        "entry point that imports what is missing", "import nosuch\n",
        "cannot import nosuch (ModuleNotFoundError: No module named 'nosuch')",
    ),
    strictly(
        "entry point without that name", "extension = 1\n",
        "more.db has no 'extensio'; did you mean 'extension'?",
        "mend its entry point, or leave it aside: --skip more", value="more.db:extensio",
    ),
    strictly(
        "entry point that is no extension", "extension = 5\n",
        "more.db:extension is of type int", WRONG_KIND,
    ),
    strictly(
        "entry point that exits", "import sys\nsys.exit(0)\n",
        "cannot import more.db (SystemExit: 0)",
    ),
    strictly(
        "entry point that raises", "raise RuntimeError('no\\nway')\n",
        "cannot import more.db (RuntimeError: no\\nway)",
    ),
    strictly(
        "entry point with a syntax error", "extension = (\n",
        "cannot import more.db (SyntaxError: '(' was never closed (db.py, line 1))",
    ),
    strictly(
        "callable that raises", "def extension(namespace):\n    raise KeyError('x')\n",
        "cannot use more.db:extension (KeyError: 'x')",
    ),
    strictly(
        "Extension with an unknown word", "from dbman import Extension\nExtension(version='x')\n",
        "cannot import more.db (TypeError: Extension.__init__() got an unexpected keyword argument"
        " 'version')",
    ),
    strictly(
        "Extension with no metadata as such", "from dbman import Extension\nExtension(metadata=5)\n",
        "cannot import more.db (TypeError: metadata must be a MetaData, not 5)",
    ),
    case(
        "broken models in the way of nobody", "createdb --plan --db x.db", 0,
        opened(),
        "warning: more is left aside: no models of it could be loaded",
        "warning: extension more (more 1.0): cannot import nosuch"
        " (ModuleNotFoundError: No module named 'nosuch')",
        prepare=more("import nosuch\n"),
    ),
    case(
        "label that no script has", "initdb nosuch@head --db x.db", 2,
        opened(),
        error(
            "no extension or branch is named 'nosuch'",
            "`dbman extensions` lists the installed ones",
        ),
    ),
    case(
        "settings table of a package that is not there", "initdb --db x.db", 4,
        opened(),
        error(
            "extension gone: there is no package 'gone'",
            f"install it again, or uninstall it{EITHER} gone",
        ),
        files={"dbman.toml": '[extensions.gone]\nmodels = "gone.db"\n'},
    ),
    case(
        "settings table of a folder without scripts", "initdb --db x.db", 4,
        opened(),
        error(
            "extension shop: there are no scripts in HERE/site/shop/verzions",
            "correct extensions.shop.versions in the settings, or let `dbman generate shop` write"
            f" the first{EITHER} shop",
        ),
        files={"dbman.toml": '[extensions.shop]\nversions = "shop:verzions"\n'},
    ),
    case(
        "package that is gone", "initdb --db x.db", 4,
        opened(),
        error(
            "extension more (more 1.0): there is no package 'more'",
            f"install it again, or uninstall it{EITHER} more",
        ),
        prepare=without_package,
    ),
    case(
        "namespace package without scripts", "initdb --db x.db", 4,
        opened(),
        error(
            "extension more (more 1.0): 'more' is a namespace package and no part of it has the"
            " folder more:migrations",
            f'name a folder of its own: versions = "more.SUBPACKAGE:migrations"{EITHER} more',
        ),
        prepare=namespace,
    ),
    case(
        "package in a zip file", "initdb --db x.db", 4,
        opened(),
        error(
            "extension shop (shop 1.0): it lives in a zip file, HERE/site, where scripts cannot be"
            " listed",
            f"install it unpacked{EITHER} shop",
        ),
        prepare=zipped,
    ),
    case(
        "entry points that are not UTF-8", "initdb --db x.db", 4,
        error("the entry points of HERE/site/shop-1.0 are not UTF-8", "install it again"),
        prepare=no_text,
    ),
    case(
        "two extensions of one name", "initdb --db x.db", 4,
        opened(),
        error(
            "extension shop is registered by more 1.0 and shop 1.0",
            f"uninstall all but one of them{EITHER} shop",
        ),
        prepare=more(name="shop"),
    ),
    case(
        "name that leads elsewhere", "initdb --db x.db", 4,
        opened(),
        error(
            "extension ../evil (more 1.0): this is no name for an extension",
            f"use letters, digits, '_', '-' and '.'{EITHER} ../evil",
        ),
        prepare=more(name="../evil"),
    ),
    case(
        "extension that requires what is missing", "initdb --db x.db", 4,
        opened(),
        error(
            "extension more (more 1.0): it requires nosuch, which is not installed",
            f"install nosuch, or uninstall what requires it{EITHER} more",
        ),
        prepare=more("from dbman import Extension\nextension = Extension(requires=['nosuch'])\n"),
    ),
    case(
        "extension that requires itself", "initdb --db x.db", 4,
        opened(),
        error(
            "extension more (more 1.0): it requires itself: more -> more",
            f"take one of these out of `requires`{EITHER} more",
        ),
        prepare=more("from dbman import Extension\nextension = Extension(requires=['more'])\n"),
    ),
    case(
        "Extension with versions that are none", "initdb --db x.db", 4,
        opened(),
        error(
            "extension more (more 1.0): cannot import more.db (TypeError: versions must be a text,"
            " a path or a list of these, not 5)",
            SKIP,
        ),
        prepare=more("from dbman import Extension\nextension = Extension(versions=5)\n"),
    ),
    case(
        "table that two models define", "createdb --db x.db", 4,
        opened(),
        error(
            "table shop_item may belong to more or to shop",
            "say whose it is in its model: Table.info['extension'] = 'more'",
        ),
        prepare=same_model,
    ),
    case(
        "table that two scripts make", "initdb --db x.db", 5,
        opened(),
        error(
            "shop a1 a1 of a test failed at HERE/site/shop/migrations/a1.py:18: table shop_item"
            " already exists; nothing was changed",
            THERE,
        ),
        prepare=same_table,
    ),
)  # fmt: skip
