"""Discovery: small distributions that really lie on `sys.path`, found without importing them."""

from __future__ import annotations

import importlib
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from dbman.config import ExtensionSettings, Settings
from dbman.errors import Problem, SettingsError, UsageError
from dbman.extensions import Extension, InstalledExtension, discover
from dbman.extensions.locations import locate

ROOT = Path(__file__).parent.parent
GROUP = "dbman.extensions"
LITERAL = 'from dbman import Extension\nextension = Extension(versions="{}")\n'
Install = Callable[..., Path]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on `sys.path`, forgotten afterwards with all that was imported from it."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    known = set(sys.modules)
    yield folder
    for name in set(sys.modules) - known:
        if str(folder) in str(getattr(sys.modules[name], "__spec__", "")):
            del sys.modules[name]


@pytest.fixture
def install(site: Path) -> Install:
    """Write a distribution: its entry points by group, and files by path."""

    def write(
        name: str,
        groups: Mapping[str, Mapping[str, str]] | None = None,
        files: Mapping[str, str] | None = None,
        folder: Path = site,
        info: str = "dist-info",
    ) -> Path:
        for path, text in (files or {}).items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        metadata = folder / f"{name.replace('-', '_')}-1.0.{info}"
        metadata.mkdir(parents=True)
        file = metadata / ("METADATA" if info == "dist-info" else "PKG-INFO")
        file.write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
        lines = []
        for group, points in (groups or {}).items():
            lines += [f"[{group}]", *(f"{key} = {value}" for key, value in points.items())]
        (metadata / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
        importlib.invalidate_caches()
        return folder

    return write


def extension(install: Install, name: str, arguments: str = "", **files: str) -> None:
    """Install one extension as new ones are: an `Extension` and a folder of scripts."""
    source = f"import dbman\n\nextension = dbman.Extension({arguments})\n"
    paths = {f"{name}/__init__.py": "", f"{name}/db.py": source, f"{name}/migrations/.keep": ""}
    install(name, {GROUP: {name: f"{name}.db:extension"}}, paths | files)


def one(settings: Settings | None = None) -> InstalledExtension:
    """Return the only extension there is."""
    (found,) = discover(settings or Settings())
    return found


def script(folder: Path, revision: str, down: str = "None", label: str = "None") -> None:
    """Write a migration script."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{revision}.py").write_text(
        f"revision = {revision!r}\ndown_revision = {down}\n"
        f"branch_labels = {label}\ndepends_on = None\n\n\ndef upgrade():\n    pass\n",
        encoding="utf-8",
    )


def test_nothing_installed(site: Path) -> None:
    """Without extensions there is nothing, and no error."""
    assert discover(Settings()) == ()


def test_whole_result(install: Install, site: Path) -> None:
    """Everything that is known of an extension with an entry point."""
    extension(install, "poser", "prefix='ps_', requires=['acme']")
    extension(install, "acme", "prefix=''")
    assert discover(Settings(version_table="{name}_version")) == (
        InstalledExtension(
            name="acme",
            distribution="acme 1.0",
            value="acme.db:extension",
            package="acme",
            sources=("acme:migrations",),
            locations=(site / "acme/migrations",),
            prefix="",
            requires=(),
            tree="acme_version",
            is_core=True,
        ),
        InstalledExtension(
            name="poser",
            distribution="poser 1.0",
            value="poser.db:extension",
            package="poser",
            sources=("poser:migrations",),
            locations=(site / "poser/migrations",),
            prefix="ps_",
            requires=("acme",),
            tree="poser_version",
        ),
    )


def test_imports_nothing(install: Install, site: Path) -> None:
    """Neither the extensions nor SQLAlchemy nor Alembic are imported."""
    extension(install, "acme", "prefix=''", **{"acme/__init__.py": "raise SystemExit(7)"})
    extension(install, "poser", "versions='poser:scripts'")
    install(
        "many",
        {GROUP: {"many": "many.db:Base"}, "x.scripts": {"many": "many.inner:scripts"}},
        {"many/__init__.py": "raise RuntimeError"},
    )
    code = (
        "import sys\nfrom dbman.config import Settings\nfrom dbman.extensions import discover\n"
        "print([e.name for e in discover(Settings(versions_group='x.scripts'))])\n"
        "names = {'sqlalchemy', 'alembic', 'acme', 'poser', 'many'}\n"
        "print(sorted(n for n in sys.modules if n.partition('.')[0] in names))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": f"{site}:{ROOT}"},
        cwd=site,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "['acme', 'many', 'poser']\n[]\n"


@pytest.mark.parametrize(
    ("source", "sources"),
    [
        ("from dbman import Extension\nextension = Extension(versions='poser:a/b')", ["poser:a/b"]),
        ("import dbman as d\nextension: object = d.Extension(None, 'poser:a')", ["poser:a"]),
        ("from dbman import Extension as E\nextension = E(versions=['poser:a', 'b'])", "ab"),
        ("from dbman import Extension\nextension = Extension(versions=())", []),
        ("from .other import there as extension", ["poser:other"]),
        ("from poser.other import there\nextension = there", ["poser:migrations"]),
        ("from .db import extension", ["poser:migrations"]),
        ("class extension:\n    versions = 'no'", ["poser:migrations"]),
        ("extension = oops(", ["poser:migrations"]),
    ],
)
def test_literal_versions(
    install: Install, site: Path, source: str, sources: list[str] | str
) -> None:
    """`versions` is read from the source, also where it comes from another module."""
    other = "from dbman import Extension\nthere = Extension(versions='other')"
    files = {"poser/__init__.py": "1 / 0", "poser/db.py": source, "poser/other.py": other}
    install("poser", {GROUP: {"poser": "poser.db"}}, files)
    found = one()
    expected = tuple(sources) if isinstance(sources, list) else ("poser:a", "poser:b")
    assert (found.sources, found.problems) == (expected, ())
    assert found.locations == tuple(site / each.replace(":", "/") for each in expected)


@pytest.mark.parametrize(
    "source",
    [
        "HERE = 'far' + '/away'\nextension = Extension(versions='poser:' + HERE, prefix='p_')",
        "extension = Extension(**{'versions': 'far/away', 'prefix': 'p_'})",
        "extension = Extension(versions=Path('far', 'away'), prefix='p' + '_')",
        "def make():\n    return Extension(versions=['poser:far/away'], prefix='p_')\n"
        "extension = make()",
    ],
)
def test_computed_versions(install: Install, site: Path, source: str) -> None:
    """Versions that only running the module tells are asked for by importing that extension."""
    source = f"from pathlib import Path\nfrom dbman import Extension\nprint('noise')\n{source}"
    files = {"poser/__init__.py": "", "poser/db.py": source}
    install("poser", {GROUP: {"poser": "poser.db:extension"}}, files)
    found = one()
    assert (found.sources, found.prefix, found.problems) == (("poser:far/away",), "p_", ())


def test_computed_versions_of_a_broken_extension(install: Install, site: Path) -> None:
    """An extension that had to be imported and cannot be is told, and has its convention."""
    source = "import nosuch\nfrom dbman import Extension\nextension = Extension(versions=nosuch.x)"
    install(
        "poser",
        {GROUP: {"poser": "poser.db:extension"}},
        {"poser/__init__.py": "", "poser/db.py": source},
    )
    found = one()
    assert found.locations == (site / "poser/migrations",)
    assert found.problems == (
        Problem(
            "extension poser (poser 1.0): cannot import nosuch"
            " (ModuleNotFoundError: No module named 'nosuch')",
            "mend it, or leave it aside: --skip poser",
            "poser",
        ),
    )


def test_settings_come_first(install: Install, site: Path, tmp_path: Path) -> None:
    """What the settings say comes before the second group, the source and the convention."""
    extension(install, "poser", "versions='poser:literal', prefix='a_', requires=['b']")
    install("more", {"x.scripts": {"poser": "poser:second"}})
    table = ExtensionSettings(
        versions=("poser:sub/third", "scripts", "/far/away"), prefix="", requires=(), enabled=False
    )
    first = Settings(versions_group="x.scripts", extensions={"poser": table}, folder=tmp_path)
    assert one(first) == InstalledExtension(
        name="poser",
        distribution="poser 1.0, more 1.0",
        value="poser.db:extension",
        package="poser",
        sources=("poser:sub/third", str(tmp_path / "scripts"), "/far/away"),
        locations=(site / "poser/sub/third", tmp_path / "scripts", Path("/far/away")),
        prefix="",
        enabled=False,
        is_core=True,
    )
    second = one(Settings(versions_group="x.scripts"))
    assert (second.sources, second.prefix, second.requires) == (("poser:second",), "a_", ("b",))


def test_two_groups(install: Install, site: Path) -> None:
    """Models and scripts in two groups are joined by name; one may register several names."""
    install(
        "invenio-accounts",
        {
            "i.models": {"accounts": "invenio_accounts.models", "only_models": "i.more [x]"},
            "i.alembic": {"accounts": "invenio_accounts:alembic", "only_scripts": "i.b : c/d"},
        },
        {"invenio_accounts/__init__.py": "1 / 0", "i/__init__.py": ""},
    )
    found = discover(Settings(group="i.models", versions_group="i.alembic"))
    assert [(each.name, each.value, each.package, each.sources) for each in found] == [
        ("accounts", "invenio_accounts.models", "invenio_accounts", ("invenio_accounts:alembic",)),
        ("only_models", "i.more", "i", ("i:migrations",)),
        ("only_scripts", None, "i", ("i.b:c/d",)),
    ]
    assert [each.locations[0] for each in found] == [
        site / "invenio_accounts/alembic",
        site / "i/migrations",
        site / "i/b/c/d",
    ]


def test_group_of_modules(install: Install, site: Path) -> None:
    """In a group of scripts a module stands for its folder, as in Quetz."""
    install("q", {"q.scripts": {"q-sql": "q_sql.db.migrations"}}, {"q_sql/__init__.py": "1 / 0"})
    found = one(Settings(versions_group="q.scripts"))
    assert (found.name, found.sources) == ("q-sql", ("q_sql:db/migrations",))
    assert found.locations == (site / "q_sql/db/migrations",)


def test_group_of_one_name(install: Install, site: Path) -> None:
    """Where every distribution writes the same plain word, the package tells, as in GeoNature."""
    for name in ("ref_geo", "habref"):
        files = {f"{name}/__init__.py": "1 / 0"}
        install(name, {"g.scripts": {"migrations": f"{name}.migrations:versions"}}, files)
    found = discover(Settings(versions_group="g.scripts"))
    assert [(each.name, each.sources, each.problems) for each in found] == [
        ("habref", ("habref.migrations:versions",), ()),
        ("ref_geo", ("ref_geo.migrations:versions",), ()),
    ]


@pytest.mark.parametrize(
    "settings",
    [
        Settings(group="n.scripts"),
        Settings(versions_group="n.scripts"),
        Settings(group="n.scripts", versions_group="n.scripts"),
    ],
)
def test_group_of_script_folders(install: Install, site: Path, settings: Settings) -> None:
    """Values that name an Alembic environment are scripts, whichever group they stand in."""
    files = {f"fwaas/db/migration/scripts/{name}": "" for name in ("env.py", "versions/x.py")}
    install(
        "neutron-fwaas",
        {"n.scripts": {"neutron-fwaas": "fwaas.db.migration:scripts"}},
        {"fwaas/__init__.py": "1 / 0"} | files,
    )
    found = one(settings)
    assert (found.value, found.sources) == (None, ("fwaas.db.migration:scripts",))
    assert found.locations == (site / "fwaas/db/migration/scripts",)
    assert (found.prefix, found.tree) == ("neutron_fwaas_", "alembic_version")


def test_scripts_beside_the_package(install: Install, site: Path) -> None:
    """A convention may lead out of the package and hold the name; the core may have no entry."""
    for name in ("janitoo_db", "janitoo_dhcp"):
        group = {"janitoo.models": {name: f"{name}.models:extend"}} if "dhcp" in name else {}
        install(name, group, {f"{name}/__init__.py": "", f"{name}/models.py": ""})
    found = discover(
        Settings(
            group="janitoo.models",
            versions="{package}:../config/models/{name}",
            core="janitoo",
            extensions={"janitoo": ExtensionSettings(models="janitoo_db.models")},
        )
    )
    assert [(each.name, each.distribution, each.prefix, each.locations) for each in found] == [
        ("janitoo", None, "", (site / "config/models/janitoo",)),
        (
            "janitoo_dhcp",
            "janitoo_dhcp 1.0",
            "janitoo_dhcp_",
            (site / "config/models/janitoo_dhcp",),
        ),
    ]


def test_tables_without_entry_points(install: Install, site: Path, tmp_path: Path) -> None:
    """Extensions may be listed in the settings alone, with models, scripts or both."""
    install("rattail", files={"rattail/__init__.py": "", "rattail_x/__init__.py": ""})
    tables = {
        "rattail": ExtensionSettings("rattail.db.model:Base", ("rattail.db:alembic/versions",)),
        "only_models": ExtensionSettings("rattail_x.db:Base"),
        "only_scripts": ExtensionSettings(versions=("scripts",)),
    }
    found = discover(Settings(extensions=tables, core="rattail", folder=tmp_path))
    assert [(each.name, each.package, each.sources) for each in found] == [
        ("rattail", "rattail", ("rattail.db:alembic/versions",)),
        ("only_models", "rattail_x", ("rattail_x:migrations",)),
        ("only_scripts", None, (str(tmp_path / "scripts"),)),
    ]


def test_single_module(install: Install, site: Path) -> None:
    """A distribution of one module has its scripts in the folder of that module."""
    source = LITERAL.format("mod:mod_scripts")
    install("mod", {GROUP: {"mod": "mod:extension"}}, {"mod.py": source})
    assert one().locations == (site / "mod_scripts",)


def test_namespace_package(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The part of a namespace package that has the folder is taken; none is a problem."""
    other = tmp_path / "other"
    monkeypatch.syspath_prepend(other)
    source = LITERAL.format("ns.poser:migrations")
    install(
        "ns-poser",
        {GROUP: {"poser": "ns.poser.db"}},
        {"ns/poser/db.py": source, "ns/poser/migrations/.keep": ""},
        other,
    )
    install("ns-gadget", {GROUP: {"gadget": "ns.gadget:extension"}}, {"ns/gadget/__init__.py": ""})
    gadget, poser = discover(Settings())
    assert (poser.locations, poser.problems) == ((other / "ns/poser/migrations",), ())
    assert (gadget.sources, gadget.locations) == ((), ())
    assert gadget.problems == (
        Problem(
            "extension gadget (ns-gadget 1.0): 'ns' is a namespace package and no part of it"
            " has the folder ns:migrations",
            'name a folder of its own: versions = "ns.SUBPACKAGE:migrations"',
            "gadget",
        ),
    )


def test_zip(install: Install, tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scripts in a zip file cannot be listed, and that is said."""
    archive = tmp_path / "zp.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("zp/__init__.py", "1 / 0")
    monkeypatch.syspath_prepend(archive)
    install("zp", {GROUP: {"zp": "zp:extension"}})
    assert one().problems == (
        Problem(
            f"extension zp (zp 1.0): it lives in a zip file, {archive},"
            " where scripts cannot be listed",
            "install it unpacked",
            "zp",
        ),
    )


def test_missing_package(install: Install) -> None:
    """An entry point that outlived its package is told."""
    install("gone", {GROUP: {"gone": "gone.db:extension"}})
    found = one()
    assert (found.sources, found.problems) == (
        (),
        (
            Problem(
                "extension gone (gone 1.0): there is no package 'gone'",
                "install it again, or uninstall it",
                "gone",
            ),
        ),
    )


def test_editable_install(install: Install, site: Path, tmp_path: Path) -> None:
    """A package that a .pth file points at is found where it is."""
    source = {"poser/__init__.py": "", "poser/db.py": LITERAL.format("poser:scripts")}
    project = tmp_path / "project" / "src"
    install("poser", {GROUP: {"poser": "poser.db:extension"}}, {"poser.pth": f"{project}\n"})
    for path, text in source.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text, encoding="utf-8")
    code = (
        f"import site; site.addsitedir({str(site)!r})\n"
        "from dbman.config import Settings\nfrom dbman.extensions import discover\n"
        "print(*discover(Settings())[0].locations)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == (f"{project}/poser/scripts\n", "")


def test_two_distributions_of_one_name(install: Install) -> None:
    """A name that two distributions register is one extension with a problem naming both."""
    for name in ("good", "dupe"):
        files = {f"{name}/__init__.py": ""}
        install(name, {GROUP: {"good": f"{name}.db:extension"}}, files)
    found = one()
    assert found.problems in [
        (
            Problem(
                f"extension good is registered by {who}", "uninstall all but one of them", "good"
            ),
        )
        for who in ("good 1.0 and dupe 1.0", "dupe 1.0 and good 1.0")
    ]


def test_one_distribution_seen_twice(
    install: Install, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stale egg-info of the same distribution elsewhere on the path counts for nothing."""
    extension(install, "poser")
    other = tmp_path / "other"
    monkeypatch.syspath_prepend(other)
    monkeypatch.syspath_prepend(site)
    install("poser", {GROUP: {"poser": "poser.old:extension"}}, folder=other, info="egg-info")
    found = one()
    assert (found.distribution, found.value, found.problems) == (
        "poser 1.0",
        "poser.db:extension",
        (),
    )


def test_distribution_without_metadata(install: Install, site: Path) -> None:
    """A distribution whose METADATA is lost is still found."""
    extension(install, "poser")
    (site / "poser-1.0.dist-info/METADATA").unlink()
    assert (one().name, one().distribution) == ("poser", "unknown")


def test_name_that_leads_elsewhere(install: Install) -> None:
    """A name that is no plain word is refused before it becomes part of a path."""
    install("evil", {GROUP: {"../evil": "evil.db:extension"}}, {"evil/__init__.py": ""})
    found = one(Settings(versions="{package}:{name}"))
    assert (found.locations, found.problems) == (
        (),
        (
            Problem(
                "extension ../evil (evil 1.0): this is no name for an extension",
                "use letters, digits, '_', '-' and '.'",
                "../evil",
            ),
        ),
    )


def test_scripts_of_two(install: Install, site: Path) -> None:
    """Two extensions that both claim a folder of scripts are told about each other."""
    files = {"pair/__init__.py": "", "pair/migrations/.keep": ""}
    install("pair", {GROUP: {"left": "pair.left", "right": "pair.right"}}, files)
    left, right = discover(Settings())
    folder = site / "pair/migrations"
    assert (left.problems, right.problems) == (
        (
            Problem(
                f"extension left (pair 1.0): its scripts in {folder} are those of"
                " extension right (pair 1.0) too",
                "say where they are: [tool.dbman.extensions.left] versions = ...",
                "left",
            ),
        ),
        (
            Problem(
                f"extension right (pair 1.0): its scripts in {folder} are those of"
                " extension left (pair 1.0) too",
                "say where they are: [tool.dbman.extensions.right] versions = ...",
                "right",
            ),
        ),
    )


def test_requires_of_one_name() -> None:
    """One name in `requires` may stand without brackets, in the source and when imported."""
    assert Extension(requires="acme").requires == ("acme",)
    assert Extension(requires=["acme", "poser"]).requires == ("acme", "poser")


def test_order(install: Install) -> None:
    """The core comes first, then everybody after what it requires, then the name decides."""
    extension(install, "zoo", "prefix=''")
    extension(install, "a", "requires=['c']")
    extension(install, "b", "requires=['zoo']")
    extension(install, "c", "requires='d'")
    extension(install, "d")
    assert [each.name for each in discover(Settings())] == ["zoo", "d", "c", "a", "b"]
    assert [each.name for each in discover(Settings(core="a"))] == ["a", "zoo", "b", "d", "c"]


def test_requires_that_cannot_be(install: Install) -> None:
    """A missing requirement and a circle are problems of the extensions in question."""
    extension(install, "a", "requires=['b']")
    extension(install, "b", "requires=['a', 'poset']")
    extension(install, "poser")
    found = {each.name: [p.message for p in each.problems] for each in discover(Settings())}
    assert found == {
        "a": ["extension a (a 1.0): it requires itself: a -> b -> a"],
        "b": [
            "extension b (b 1.0): it requires poset, which is not installed",
            "extension b (b 1.0): it requires itself: b -> a -> b",
        ],
        "poser": [],
    }


@pytest.mark.parametrize(
    ("prefixes", "core"),
    [
        (("", "b_"), "a"),
        (("", ""), None),
        (("a_", "b_"), None),
    ],
)
def test_core_by_its_prefix(install: Install, prefixes: tuple[str, str], core: str | None) -> None:
    """Where no setting names it, the core is the only extension that says it has no prefix."""
    for name, prefix in zip("ab", prefixes, strict=True):
        extension(install, name, f"prefix={prefix!r}")
    found = discover(Settings())
    assert next((each.name for each in found if each.is_core), None) == core
    assert tuple(each.prefix for each in found) == prefixes


def test_skip(install: Install) -> None:
    """What this run leaves aside is marked and kept."""
    extension(install, "a")
    extension(install, "b", "requires=['a']")
    assert [(each.name, each.skipped) for each in discover(Settings(), skip=["a"])] == [
        ("a", True),
        ("b", False),
    ]


@pytest.mark.parametrize(
    ("settings", "skip", "error", "message", "hint"),
    [
        (
            Settings(),
            ["pose"],
            UsageError,
            "there is no extension 'pose' to leave aside; did you mean 'poser'?",
            "installed: poser",
        ),
        (
            Settings(core="poster"),
            [],
            SettingsError,
            "core: no extension 'poster' is installed; did you mean 'poser'?",
            "installed: poser",
        ),
        (
            Settings(extensions={"posr": ExtensionSettings(prefix="p_")}),
            [],
            SettingsError,
            "extensions.posr: no extension of that name is installed; did you mean 'poser'?",
            "install it, or say where it is: models = 'package.module:name'",
        ),
        (
            Settings(extensions={"Po-ser": ExtensionSettings(models="poser.db")}),
            [],
            SettingsError,
            "extensions.Po-ser: 'Po-ser' is no name for an extension",
            "use a lower-case letter, then lower-case letters, digits and '_'",
        ),
    ],
)
def test_wrong_names(
    install: Install,
    settings: Settings,
    skip: list[str],
    error: type[UsageError],
    message: str,
    hint: str,
) -> None:
    """Names of extensions that are not there are errors that name the nearest."""
    extension(install, "poser")
    with pytest.raises(error) as caught:
        discover(settings, skip)
    assert (type(caught.value), str(caught.value), caught.value.hint) == (error, message, hint)


def test_ini_with_one_history(install: Install, site: Path, tmp_path: Path) -> None:
    """The history of a plain project is the core, called by `core`, its package or its folder."""
    project = tmp_path / "My Project"
    script(project / "migrations/versions", "a1", label="('ignored',)")
    found = one(Settings(script_location="migrations", folder=project))
    assert (found.name, found.is_core, found.prefix, found.value) == ("my_project", True, "", None)
    assert found.locations == (project / "migrations/versions",)
    assert found.sources == (str(project / "migrations/versions"),)
    assert one(Settings(script_location="migrations", folder=project, core="own")).name == "own"
    install("kallithea", files={"kallithea/__init__.py": "1 / 0"})
    package = Settings(script_location="kallithea:alembic", folder=project)
    found = one(package)
    assert (found.name, found.package, found.sources, found.locations) == (
        "kallithea",
        "kallithea",
        ("kallithea:alembic/versions",),
        (site / "kallithea/alembic/versions",),
    )


def test_ini_beside_entry_points(install: Install, tmp_path: Path) -> None:
    """A project's own history stands beside the installed extensions, unless one covers it."""
    extension(install, "poser")
    extension(install, "acme")
    own = discover(Settings(script_location="migrations", folder=tmp_path / "shop", is_ini=True))
    assert [(each.name, each.is_core) for each in own] == [
        ("shop", True),
        ("acme", False),
        ("poser", False),
    ]
    covered = discover(Settings(script_location="acme:migrations", folder=tmp_path))
    assert [(each.name, each.is_core, each.sources) for each in covered] == [
        ("acme", True, ("acme:migrations",)),
        ("poser", False, ("poser:migrations",)),
    ]


def test_ini_with_version_locations(install: Install, site: Path, tmp_path: Path) -> None:
    """Each location is an extension named by its label, else its package, else its folder."""
    install("lib", files={"lib/__init__.py": "", "other/__init__.py": ""})
    extension(install, "poser")
    script(site / "poser/migrations", "p1", label="('poser',)")
    script(site / "lib/db/versions", "l1")
    script(site / "lib/db/versions", "l2", down="'l1'", label="'later'")
    script(site / "other/a", "o1", label="('first', 'second')")
    script(site / "other/a", "o0", down="'o1'", label="('zero',)")
    script(tmp_path / "plain/versions", "x1")
    script(tmp_path / "migrations/versions", "y1", label="'app'")
    locations = (
        "migrations/versions",
        "poser:migrations",
        str(site / "lib/db/versions"),
        "other:a",
        "plain/versions",
        "lib:empty",
    )
    settings = Settings(
        script_location="migrations",
        version_locations=locations,
        folder=tmp_path,
        extensions={"first": ExtensionSettings(prefix="f_", requires=("app",))},
        is_ini=True,
    )
    found = discover(settings)
    rows = [(e.name, e.package, e.sources, e.prefix, e.is_core, e.requires) for e in found]
    assert rows == [
        ("app", None, (str(tmp_path / "migrations/versions"),), "", True, ()),
        ("first", "other", ("other:a",), "f_", False, ("app",)),
        ("later", "lib", (str(site / "lib/db/versions"),), "later_", False, ()),
        ("lib", "lib", ("lib:empty",), "lib_", False, ()),
        ("plain", None, (str(tmp_path / "plain/versions"),), "plain_", False, ()),
        ("poser", "poser", ("poser:migrations",), "poser_", False, ()),
    ]


def test_own_history_beside_settings(install: Install, site: Path, tmp_path: Path) -> None:
    """A default location without scripts makes no extension, and the convention stays in force."""
    extension(install, "acme")
    script(site / "acme/migrations", "a1", label="'acme'")
    settings = Settings(script_location="migrations", folder=tmp_path / "shop")
    assert one(settings).sources == ("acme:migrations",)
    script(tmp_path / "shop/migrations/versions", "s1", label="'old'")
    own = str(tmp_path / "shop/migrations/versions")
    listed = replace(settings, version_locations=("acme:migrations", own))
    for each in (settings, listed):
        assert [(e.name, e.sources) for e in discover(each)] == [
            ("shop", (own,)),
            ("acme", ("acme:migrations",)),
        ]
        assert one(replace(each, core="acme")).sources == ("acme:migrations", own)
    environment = replace(settings, script_location="dbman:environment")
    assert one(environment).sources == ("acme:migrations",)


def test_own_history_of_the_models_that_are_named(site: Path, tmp_path: Path) -> None:
    """Whatever the folder is called; not where it could be that of either."""
    script(tmp_path / "db/versions", "a1")
    models = {name: ExtensionSettings(models=f"{name}.db:Base") for name in ("kallithea", "poser")}
    for is_ini in (True, False):
        settings = Settings(script_location="db", folder=tmp_path, is_ini=is_ini)
        found = one(replace(settings, extensions={"kallithea": models["kallithea"]}))
        assert (found.name, found.is_core) == ("kallithea", True)
        assert found.locations == (tmp_path / "db/versions",)
        assert [each.name for each in discover(replace(settings, extensions=models))] == [
            "db",
            "kallithea",
            "poser",
        ]


def test_listed_folders_below_a_location(install: Install, site: Path) -> None:
    """They are of the extension that is registered, whatever their labels."""
    extension(install, "net")
    script(site / "net/migrations/versions/expand", "e1", label="'expand'")
    found = one(Settings(version_locations=("net:migrations/versions/expand",), is_ini=True))
    assert (found.name, found.sources) == ("net", ("net:migrations",))


def test_ini_names_the_scripts_of_an_entry_point(install: Install, site: Path) -> None:
    """A location that is named like an extension is its own, in place of the convention."""
    install("poser", {GROUP: {"poser": "poser.db:Base"}}, {"poser/__init__.py": ""})
    script(site / "poser/sql/versions", "p1", label="'poser'")
    script(site / "poser/old", "p0")
    found = one(Settings(version_locations=("poser:sql/versions", "poser:old")))
    assert (found.value, found.sources, found.problems) == (
        "poser.db:Base",
        ("poser:sql/versions", "poser:old"),
        (),
    )


def test_ini_with_a_missing_package(install: Install, tmp_path: Path) -> None:
    """A location that outlived its package is a problem, and the others go on."""
    extension(install, "acme")
    settings = Settings(
        version_locations=("gone:migrations", "acme:migrations"), file=tmp_path / "alembic.ini"
    )
    acme, gone = discover(settings)
    assert (acme.problems, gone.name, gone.locations) == ((), "gone", ())
    assert gone.problems == (
        Problem(
            f"{tmp_path}/alembic.ini: gone:migrations: there is no package 'gone'",
            "install it again, or uninstall it",
            "gone",
        ),
    )


@pytest.mark.any_version
def test_package_of_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the path begins with the current folder, a package is looked for in each new one."""
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    for name in ("one", "other"):
        (tmp_path / name / "poser_of_folder").mkdir(parents=True)
        (tmp_path / name / "poser_of_folder" / "__init__.py").touch()
        monkeypatch.chdir(tmp_path / name)
        place = locate("poser_of_folder:migrations", tmp_path)
        assert place == tmp_path / name / "poser_of_folder" / "migrations"
