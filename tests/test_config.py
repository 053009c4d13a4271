from __future__ import annotations

import subprocess
import sys
import tomllib
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config

from dbman.config import (
    ExtensionSettings,
    PostWriteHook,
    SettingRow,
    Settings,
    hide_password,
    load,
)
from dbman.config.keys import ALEMBIC, EXTENSION, OWN
from dbman.errors import SettingsError
from dbman.urls import parse_url


def write(path: Path, text: str) -> Path:
    """Write a settings file, its folder included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def ini(folder: Path, *lines: str, section: str = "alembic") -> Settings:
    """Read an Alembic ini that has these lines in one section."""
    path = write(folder / "alembic.ini", "\n".join([f"[{section}]", *lines, ""]))
    return load(path, section=section, environ={}, cwd=folder)


def toml(folder: Path, *lines: str) -> Settings:
    """Read a dbman.toml that has these lines."""
    write(folder / "dbman.toml", "\n".join([*lines, ""]))
    return load(environ={}, cwd=folder)


def told(error: pytest.ExceptionInfo[SettingsError]) -> tuple[str, str | None]:
    """Return what an error says."""
    return error.value.message, error.value.hint


def alembic(settings: Settings) -> Config:
    """Return what Alembic itself makes of the same ini."""
    return Config(str(settings.file))


# --- precedence -----------------------------------------------------------------------------------


def test_defaults(tmp_path: Path) -> None:
    """Without any file the defaults count, and paths are relative to the current folder."""
    settings = load(environ={}, cwd=tmp_path)
    assert settings == Settings(folder=tmp_path, sources=settings.sources)
    assert set(settings.sources.values()) == {"default"}
    assert settings.file is None
    assert (settings.url, settings.group, settings.versions, settings.version_table) == (
        None,
        "dbman.extensions",
        "{package}:migrations",
        "alembic_version",
    )


def test_file_over_default_environment_over_file_flag_over_environment(tmp_path: Path) -> None:
    """Each place wins over the one before it, and says so."""
    write(tmp_path / "dbman.toml", 'url = "postgresql://file/x"\n')
    environ = {"DBMAN_URL": "postgresql://environment/x"}
    by_file = load(environ={}, cwd=tmp_path)
    by_environ = load(environ=environ, cwd=tmp_path)
    by_flag = load(environ=environ, cwd=tmp_path, flags={"url": "postgresql://flag/x"})
    assert [(each.url, each.sources["url"]) for each in (by_file, by_environ, by_flag)] == [
        ("postgresql://file/x", "dbman.toml"),
        ("postgresql://environment/x", "DBMAN_URL"),
        ("postgresql://flag/x", "--url"),
    ]


def test_the_process_environment_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `environ` and `cwd` those of the process are taken."""
    monkeypatch.setenv("DBMAN_URL", "postgresql://environment/x")
    monkeypatch.delenv("DBMAN_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    settings = load()
    assert (settings.url, settings.folder) == ("postgresql://environment/x", tmp_path)


def test_empty_variables_and_absent_flags_say_nothing(tmp_path: Path) -> None:
    """An empty variable and a flag of None leave the file's value."""
    write(tmp_path / "dbman.toml", 'url = "postgresql://file/x"\n')
    environ = {"DBMAN_URL": "", "DBMAN_CONFIG": ""}
    settings = load(environ=environ, cwd=tmp_path, flags={"url": None, "db": None})
    assert (settings.url, settings.sources["url"]) == ("postgresql://file/x", "dbman.toml")


def test_the_nearest_file_upwards(tmp_path: Path) -> None:
    """Nearer wins over farther, dbman.toml over pyproject.toml, and others are passed over."""
    write(tmp_path / "dbman.toml", 'core = "far"\n')
    write(tmp_path / "a" / "pyproject.toml", '[tool.dbman]\ncore = "near"\n')
    write(tmp_path / "a" / "b" / "pyproject.toml", "[tool.alembic]\n[tool.ruff]\n")
    (tmp_path / "a" / "b" / "c" / "dbman.toml").mkdir(parents=True)
    settings = load(environ={}, cwd=tmp_path / "a" / "b" / "c")
    pyproject = tmp_path / "a" / "pyproject.toml"
    assert (settings.core, settings.file, settings.folder, settings.is_ini) == (
        "near",
        pyproject,
        tmp_path / "a",
        False,
    )
    assert settings.sources["core"] == f"{pyproject} [tool.dbman]"
    write(tmp_path / "a" / "dbman.toml", 'core = "beside"\n')
    assert load(environ={}, cwd=tmp_path / "a").core == "beside"


def test_named_files(tmp_path: Path) -> None:
    """-c wins over DBMAN_CONFIG, which wins over the search; both are relative to the folder."""
    write(tmp_path / "dbman.toml", 'core = "found"\n')
    write(tmp_path / "conf" / "one.toml", 'core = "environment"\n')
    write(tmp_path / "conf" / "two.toml", '[tool.dbman]\ncore = "flag"\n')
    environ = {"DBMAN_CONFIG": "conf/one.toml"}
    by_environ = load(environ=environ, cwd=tmp_path)
    by_flag = load(Path("conf/two.toml"), environ=environ, cwd=tmp_path)
    assert [(each.core, each.sources["core"]) for each in (by_environ, by_flag)] == [
        ("environment", "conf/one.toml"),
        ("flag", "conf/two.toml [tool.dbman]"),
    ]
    assert by_flag.folder == tmp_path / "conf"


def test_db_wins_over_a_url_from_elsewhere(tmp_path: Path) -> None:
    """--db keeps the path as it is, and no URL is left beside it."""
    environ = {"DBMAN_URL": "postgresql://environment/x"}
    settings = load(environ=environ, cwd=tmp_path, flags={"db": "odd%20 name?.db"})
    assert (settings.db, settings.url) == (Path("odd%20 name?.db"), None)
    assert (settings.sources["db"], settings.sources["url"]) == ("--db", "--db")


def test_db_and_url_contradict(tmp_path: Path) -> None:
    """Two flags that name a database are one too many."""
    with pytest.raises(SettingsError) as error:
        load(environ={}, cwd=tmp_path, flags={"db": "x.db", "url": "sqlite://"})
    assert told(error) == ("--url and --db both name a database", "give one of them")


def test_flags_join_the_tables_of_the_file(tmp_path: Path) -> None:
    """A host may give any setting; its tables are joined with the file's key by key."""
    write(
        tmp_path / "dbman.toml",
        '[extensions.poser]\nprefix = "p_"\nenabled = false\n[extensions.bare]\n'
        "[environment]\ncompare_type = true\n",
    )
    flags = {
        "extensions": {"poser": {"prefix": "q_"}, "new": {"versions": "new:migrations"}},
        "environment": {"opts": {"a": 1}},
        "lock_timeout": 5,
        "x": ("tenant=a", "b"),
        "timezone": "UTC",
    }
    settings = load(environ={}, cwd=tmp_path, flags=flags)
    assert settings.extensions == {
        "poser": ExtensionSettings(prefix="q_", enabled=False),
        "bare": ExtensionSettings(),
        "new": ExtensionSettings(versions=("new:migrations",)),
    }
    assert settings.environment == {"compare_type": True, "opts": {"a": 1}}
    assert (settings.lock_timeout, settings.x, settings.timezone) == (5.0, ("tenant=a", "b"), "UTC")
    assert {name: source for name, source in settings.sources.items() if source != "default"} == {
        "extensions.poser.prefix": "--extensions",
        "extensions.poser.enabled": "dbman.toml",
        "extensions.new.versions": "--extensions",
        "environment.compare_type": "dbman.toml",
        "environment.opts.a": "--environment",
        "lock_timeout": "--lock-timeout",
        "x": "-x",
        "timezone": "--timezone",
    }


# --- toml -----------------------------------------------------------------------------------------


EVERY_KEY = """
url = "acme.app:engine_url"
group = "acme.extensions"
versions_group = "acme.alembic"
versions = "{package}:db/{name}"
core = "acme"
version_table = "{name}_alembic_version"
scratch_url = "postgresql://localhost/scratch"
lock = "row"
lock_timeout = 2.5
snapshot = false
cascade = false
translate = false
require_depends_on = false
bootstrap = "before.sql"
context = "acme.app:context"
[environment]
include_object = "acme.db:include_object"
[extensions.poser]
models = "poser.db.model:Base"
versions = "poser.db:alembic/versions"
prefix = ""
requires = ["acme"]
enabled = false
version_table = "alembic_version_poser"
"""


def test_every_key_of_toml(tmp_path: Path) -> None:
    """All keys are read, at the top and under [tool.dbman] alike."""
    expected = Settings(
        url="acme.app:engine_url",
        group="acme.extensions",
        versions_group="acme.alembic",
        versions="{package}:db/{name}",
        core="acme",
        version_table="{name}_alembic_version",
        scratch_url="postgresql://localhost/scratch",
        lock="row",
        lock_timeout=2.5,
        snapshot=False,
        cascade=False,
        translate=False,
        require_depends_on=False,
        bootstrap="before.sql",
        context="acme.app:context",
        environment={"include_object": "acme.db:include_object"},
        extensions={
            "poser": ExtensionSettings(
                "poser.db.model:Base",
                ("poser.db:alembic/versions",),
                "",
                ("acme",),
                False,
                "alembic_version_poser",
            )
        },
        file=tmp_path / "dbman.toml",
        folder=tmp_path,
    )
    top = toml(tmp_path, EVERY_KEY)
    below = toml(tmp_path, "[tool.dbman]", EVERY_KEY.replace("\n[", "\n[tool.dbman."))
    for settings in (top, below):
        assert settings == Settings(**{**vars(expected), "sources": settings.sources})
    assert top.sources["core"] == "dbman.toml"
    assert below.sources["core"] == "dbman.toml [tool.dbman]"


def test_every_example_fits_its_key(tmp_path: Path) -> None:
    """What the hint of a wrong value shows is right."""
    for known in (OWN, EXTENSION, ALEMBIC):
        for name, key in known.items():
            key.check(tomllib.loads(f"value = {key.example}")["value"])
            assert name in known


def test_version_table_of() -> None:
    """Each extension has its own version table where the setting says so."""
    assert Settings().version_table_of("poser") == "alembic_version"
    each = Settings(version_table="{name}_alembic_version")
    assert each.version_table_of("poser") == "poser_alembic_version"
    assert each.version_table_of("networking-sfc") == "networking_sfc_alembic_version"
    own = replace(each, extensions={"poser": ExtensionSettings(version_table="poser_version")})
    assert own.version_table_of("poser") == "poser_version"
    assert own.version_table_of("gadget") == "gadget_alembic_version"


@pytest.mark.parametrize(
    ("lines", "message", "hint"),
    [
        (
            ['verions = "x"'],
            "dbman.toml: unknown key 'verions'; did you mean 'versions' or 'versions_group'?",
            "known keys: url, group, versions_group, versions, core, version_table, scratch_url, "
            "lock, lock_timeout, snapshot, cascade, translate, require_depends_on, bootstrap, context,"
            " script_template, environment, extensions, verify_ignore, lint",
        ),
        (
            ["[extensions.poser]", 'prefx = "x"'],
            "dbman.toml: unknown key 'prefx' in extensions.poser; did you mean 'prefix'?",
            "known keys: models, versions, prefix, requires, enabled, version_table, lint_ignore",
        ),
        (
            ["[tool.dbman]", "xyzzy = 1"],
            "dbman.toml [tool.dbman]: unknown key 'xyzzy'",
            "known keys: url, group, versions_group, versions, core, version_table, scratch_url, "
            "lock, lock_timeout, snapshot, cascade, translate, require_depends_on, bootstrap, context,"
            " script_template, environment, extensions, verify_ignore, lint",
        ),
        (
            ['core = "acme"', "[tool.dbman]", 'group = "x"'],
            "dbman.toml: keys stand at the top (core) and under [tool.dbman]",
            "move them all to one place",
        ),
        (
            ["[environment]", "version_table_schema = 'x'"],
            "dbman.toml: environment.version_table_schema is set by dbman itself",
            "remove it; the settings url and version_table say which database and version table",
        ),
        (
            ["[tool]", "dbman = 1"],
            "dbman.toml: tool.dbman must be a table",
            "write [tool.dbman]",
        ),
        (
            ['core = "acme'],
            "dbman.toml is not valid TOML: Illegal character '\\n' (at line 1, column 13)",
            "correct the file",
        ),
    ],
)
def test_refused_toml(tmp_path: Path, lines: list[str], message: str, hint: str) -> None:
    """What a toml file cannot say is told with the file, and how to mend it."""
    with pytest.raises(SettingsError) as error:
        toml(tmp_path, *lines)
    assert told(error) == (message, hint)


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("url = 5", "url must be a text that is not empty, not 5", 'url = "sqlite:///acme.db"'),
        ('core = ""', "core must be a text that is not empty, not ''", 'core = "acme"'),
        (
            'url = ["postgresql://u:secret@h/d"]',
            "url must be a text that is not empty, not ['postgresql://u:***@h/d']",
            'url = "sqlite:///acme.db"',
        ),
        (
            'lock = "never"',
            "lock must be 'auto', 'row' or 'none', not 'never'",
            'lock = "auto"',
        ),
        (
            'lock_timeout = "soon"',
            "lock_timeout must be a number of seconds, not 'soon'",
            "lock_timeout = 30",
        ),
        (
            "lock_timeout = true",
            "lock_timeout must be a number of seconds, not True",
            "lock_timeout = 30",
        ),
        (
            "lock_timeout = nan",
            "lock_timeout must be a number of seconds, not nan",
            "lock_timeout = 30",
        ),
        ("snapshot = 1", "snapshot must be true or false, not 1", "snapshot = true"),
        ("cascade = 0", "cascade must be true or false, not 0", "cascade = true"),
        (
            'version_table = "{nam}_version"',
            "version_table must be a plain identifier, in which only {name} is replaced, "
            "not '{nam}_version'",
            'version_table = "{name}_alembic_version"',
        ),
        (
            'version_table = "a; drop"',
            "version_table must be a plain identifier, in which only {name} is replaced, "
            "not 'a; drop'",
            'version_table = "{name}_alembic_version"',
        ),
        (
            'versions = "{pkg}:migrations"',
            "versions must be a location in which only {package} and {name} are replaced, "
            "not '{pkg}:migrations'",
            'versions = "{package}:migrations"',
        ),
        (
            'context = "acme"',
            "context must be 'module:name', not 'acme'",
            'context = "acme.app:context"',
        ),
        (
            'bootstrap = "acme"',
            "bootstrap must be 'module:callable' or a file that ends in .sql, not 'acme'",
            'bootstrap = "acme.schema:create"',
        ),
        (
            'environment = "x"',
            "environment must be a table, not 'x'",
            'environment = { include_object = "acme.db:include_object" }',
        ),
        (
            "extensions = { poser = 1 }",
            "extensions.poser must be a table, not 1",
            "extensions.poser = { enabled = false }",
        ),
        (
            "extensions = { poser = { requires = [1] } }",
            "extensions.poser.requires must be a text or a list of texts, none of them empty, "
            "not [1]",
            'extensions.poser.requires = ["acme"]',
        ),
        (
            "extensions = { poser = { prefix = 1 } }",
            "extensions.poser.prefix must be a text, not 1",
            'extensions.poser.prefix = "poser_"',
        ),
    ],
)
def test_values_that_do_not_fit(tmp_path: Path, line: str, message: str, hint: str) -> None:
    """A value of the wrong kind is told with what it must be, and an example."""
    with pytest.raises(SettingsError) as error:
        toml(tmp_path, line)
    assert told(error) == (f"dbman.toml: {message}", f"for example: {hint}")


@pytest.mark.parametrize(
    "key",
    [
        "connection",
        "url",
        "dialect_name",
        "as_sql",
        "fn",
        "target_metadata",
        "transactional_ddl",
        "transaction_per_migration",
        "version_table",
        "version_table_schema",
        "version_table_pk",
    ],
)
def test_environment_refuses_what_dbman_sets(tmp_path: Path, key: str) -> None:
    """No setting may take the place of what dbman gives Alembic."""
    with pytest.raises(SettingsError) as error:
        load(environ={}, cwd=tmp_path, flags={"environment": {key: "x"}})
    assert error.value.message == f"given settings: environment.{key} is set by dbman itself"


def test_unknown_and_unfit_flags(tmp_path: Path) -> None:
    """A host's setting that nobody knows, or that does not fit, is told like a file's."""
    with pytest.raises(SettingsError) as unknown:
        load(environ={}, cwd=tmp_path, flags={"scratch": "x"})
    with pytest.raises(SettingsError) as unfit:
        load(environ={}, cwd=tmp_path, flags={"db": 1})
    assert unknown.value.message == (
        "given settings: unknown key 'scratch'; did you mean 'scratch_url'?"
    )
    assert unfit.value.message == "given settings: db must be a path, not 1"


# --- files that cannot be read --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["nosuch.toml", "nosuch.ini"])
def test_missing_file(tmp_path: Path, name: str) -> None:
    """A named file that does not exist is told with who names it."""
    with pytest.raises(SettingsError) as by_flag:
        load(Path(name), environ={}, cwd=tmp_path)
    with pytest.raises(SettingsError) as by_environ:
        load(environ={"DBMAN_CONFIG": name}, cwd=tmp_path)
    message = f"settings file {name} does not exist"
    assert told(by_flag) == (message, "-c names it")
    assert told(by_environ) == (message, "DBMAN_CONFIG names it")


def test_folder_as_file(tmp_path: Path) -> None:
    """A folder is no settings file."""
    (tmp_path / "conf").mkdir()
    with pytest.raises(SettingsError) as error:
        load(Path("conf"), environ={}, cwd=tmp_path)
    assert told(error) == (
        "settings file conf is a folder",
        "-c must name a file in it, such as conf/dbman.toml",
    )


def test_unreadable_file(tmp_path: Path) -> None:
    """What the system says is passed on."""
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    with pytest.raises(SettingsError) as error:
        load(Path("loop.toml"), environ={}, cwd=tmp_path)
    assert told(error) == (
        "settings file loop.toml cannot be read: Too many levels of symbolic links",
        "-c names it",
    )


def test_not_utf8(tmp_path: Path) -> None:
    """A file in another encoding is told with the line and the byte."""
    (tmp_path / "dbman.toml").write_bytes(b'\xef\xbb\xbf# mark\ncore = "caf\xe9"\n')
    with pytest.raises(SettingsError) as error:
        load(environ={}, cwd=tmp_path)
    assert told(error) == ("dbman.toml:2 is not UTF-8 (byte 0xe9)", "save the file as UTF-8")


def test_mark_and_line_ends_of_windows(tmp_path: Path) -> None:
    """The mark before UTF-8 and CRLF are nothing special."""
    (tmp_path / "dbman.toml").write_bytes(b'\xef\xbb\xbfcore = "acme"\r\n')
    (tmp_path / "alembic.ini").write_bytes(b"\xef\xbb\xbf[alembic]\r\ntimezone = UTC\r\n")
    assert load(environ={}, cwd=tmp_path).core == "acme"
    assert load(Path("alembic.ini"), environ={}, cwd=tmp_path).timezone == "UTC"


def test_pyproject_without_settings(tmp_path: Path) -> None:
    """A pyproject.toml that is named must have something for dbman."""
    write(tmp_path / "pyproject.toml", "[project]\nname = 'x'\n")
    with pytest.raises(SettingsError) as error:
        load(Path("pyproject.toml"), environ={}, cwd=tmp_path)
    assert told(error) == (
        "pyproject.toml has neither [tool.dbman] nor [tool.alembic]",
        "add [tool.dbman], or name another file with -c",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\n[alembic]\n", "alembic.ini:1: text before the first [section]"),
        ("[alembic]\nx\n", "alembic.ini:2: neither a [section] nor key = value"),
        ("[alembic]\n[b]\n[alembic]\n", "alembic.ini:3: section [alembic] stands twice"),
        ("[alembic]\nx = 1\nx = 2\n", "alembic.ini:3: x stands twice in [alembic]"),
    ],
)
def test_bad_ini(tmp_path: Path, text: str, message: str) -> None:
    """An ini that configparser refuses is told with the line."""
    path = write(tmp_path / "alembic.ini", text)
    with pytest.raises(SettingsError) as error:
        load(path, environ={}, cwd=tmp_path)
    assert told(error) == (message, "correct the file")


# --- the ini --------------------------------------------------------------------------------------


def test_every_option_of_an_ini(tmp_path: Path) -> None:
    """All options that dbman reads arrive, interpolated, and without a core."""
    settings = ini(
        tmp_path,
        "script_location = %(here)s/alembic",
        "path_separator = newline",
        "version_locations =",
        "    %(here)s/one place/versions",
        "    poser.db:alembic/versions",
        "recursive_version_locations = true",
        "prepend_sys_path = .",
        "file_template = %%(rev)s-%%(slug)s",
        "timezone = Europe/Paris",
        "truncate_slug_length = 20",
        "sqlalchemy.url = postgresql://u:p%%40ss@h/d",
        "[post_write_hooks]",
        "hooks = ruff, black",
        "ruff.type = module",
        "ruff.options = check --fix %(here)s REVISION_SCRIPT_FILENAME",
        "black.type = console_scripts",
    )
    assert settings == Settings(
        url="postgresql://u:p%40ss@h/d",
        script_location=f"{tmp_path}/alembic",
        version_locations=(f"{tmp_path}/one place/versions", "poser.db:alembic/versions"),
        recursive=True,
        prepend_sys_path=(".",),
        file_template="%(rev)s-%(slug)s",
        timezone="Europe/Paris",
        truncate_slug_length=20,
        post_write_hooks=(
            PostWriteHook(
                "ruff",
                {"type": "module", "options": f"check --fix {tmp_path} REVISION_SCRIPT_FILENAME"},
            ),
            PostWriteHook("black", {"type": "console_scripts"}),
        ),
        file=tmp_path / "alembic.ini",
        folder=tmp_path,
        is_ini=True,
        sources=settings.sources,
    )
    assert settings.sources["recursive"] == "alembic.ini [alembic]"
    assert [{**hook.options, "_hook_name": hook.name} for hook in settings.post_write_hooks] == (
        alembic(settings).get_hooks_list()
    )


@pytest.mark.parametrize(
    ("lines", "locations"),
    [
        (["version_locations = a b, c,d"], ("a", "b", "c", "d")),
        (["version_locations = a:x b:y"], ("a:x", "b:y")),
        (["path_separator = os", "version_locations = /a b:/c"], ("/a b", "/c")),
        (["path_separator = :", "version_locations = /a:/c"], ("/a", "/c")),
        (["path_separator = ;", "version_locations = p:a ; p:b"], ("p:a", "p:b")),
        (["path_separator = space", "version_locations = p:a p:b"], ("p:a", "p:b")),
        (
            ["path_separator = newline", "version_locations =", "  p:a", "  /b c"],
            ("p:a", "/b c"),
        ),
        (["version_path_separator = ;", "version_locations = a;b c"], ("a", "b c")),
        (
            ["path_separator = :", "version_path_separator = ;", "version_locations = a:b;c"],
            ("a", "b;c"),
        ),
    ],
)
def test_separators(tmp_path: Path, lines: list[str], locations: tuple[str, ...]) -> None:
    """Version locations are split as Alembic splits them."""
    settings = ini(tmp_path, *lines)
    assert settings.version_locations == locations
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        assert alembic(settings).get_version_locations_list() == list(locations)


@pytest.mark.parametrize(
    ("lines", "paths"),
    [
        (["prepend_sys_path = a b,c:d"], ("a", "b", "c", "d")),
        (["version_path_separator = ;", "prepend_sys_path = a:b c"], ("a", "b", "c")),
        (["path_separator = os", "prepend_sys_path = .:a b"], (".", "a b")),
    ],
)
def test_prepend_sys_path(tmp_path: Path, lines: list[str], paths: tuple[str, ...]) -> None:
    """The paths for `sys.path` have the rules of their own that Alembic has."""
    settings = ini(tmp_path, *lines)
    assert settings.prepend_sys_path == paths
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        assert alembic(settings).get_prepend_sys_paths_list() == list(paths)


def test_the_section_default_that_version_locations_prints(tmp_path: Path) -> None:
    """Every section reads [DEFAULT], where each path but the last ends in the separator."""
    settings = ini(
        tmp_path,
        "script_location = alembic",
        "[formatter_generic]",
        "format = %(levelname)-5.5s [%(name)s] %(message)s",
        "[DEFAULT]",
        "path_separator = os",
        "version_locations =",
        "    /srv/acme/alembic/versions:",
        "    /srv/po%%20ser/migrations",
    )
    assert settings.version_locations == (
        "/srv/acme/alembic/versions",
        "/srv/po%20ser/migrations",
    )


def test_sections(tmp_path: Path) -> None:
    """-n chooses the section, and `%` in the folder survives."""
    folder = tmp_path / "50% a%20b"
    settings = ini(folder, "script_location = %(here)s/x", section="other")
    assert settings.script_location == f"{folder}/x"
    assert settings.sources["script_location"] == "alembic.ini [other]"


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("alembik", "alembic.ini has no section [alembik]; did you mean 'alembic'?"),
        ("dbman", "alembic.ini has no section [dbman]"),
    ],
)
def test_unknown_section(tmp_path: Path, section: str, message: str) -> None:
    """A section that is not there is told with those that are."""
    path = write(tmp_path / "alembic.ini", "[alembic]\n[loggers]\n")
    with pytest.raises(SettingsError) as error:
        load(path, section=section, environ={}, cwd=tmp_path)
    assert told(error) == (message, "choose one with -n SECTION: alembic, loggers")


def test_a_section_needs_an_ini(tmp_path: Path) -> None:
    """-n with a toml file, or with none, is a mistake."""
    message = "-n other names a section, but no Alembic ini is read"
    with pytest.raises(SettingsError) as nothing:
        load(section="other", environ={}, cwd=tmp_path)
    write(tmp_path / "dbman.toml", "")
    with pytest.raises(SettingsError) as only_toml:
        load(section="other", environ={}, cwd=tmp_path)
    write(tmp_path / "pyproject.toml", "[tool.alembic]\n")
    with pytest.raises(SettingsError) as only_pyproject:
        load(Path("pyproject.toml"), section="other", environ={}, cwd=tmp_path)
    for error in (nothing, only_toml, only_pyproject):
        assert told(error) == (message, "name one with -c FILE")


@pytest.mark.parametrize(
    ("lines", "message", "hint"),
    [
        (
            ["path_separator = comma", "version_locations = a"],
            "path_separator must be one of space, newline, os, :, ;, not 'comma'",
            "for example: path_separator = os",
        ),
        (
            ["truncate_slug_length = long"],
            "truncate_slug_length must be a whole number of at least 1, not 'long'",
            "for example: truncate_slug_length = 40",
        ),
        (
            ["script_location = a%20b"],
            "script_location has a '%' that stands alone",
            "write %% for a percent sign",
        ),
        (
            ["script_location = %(root)s/x"],
            "script_location names %(root)s, which the file does not set",
            "write %% for a percent sign",
        ),
    ],
)
def test_refused_options(tmp_path: Path, lines: list[str], message: str, hint: str) -> None:
    """An option that Alembic could not read either is told with its section."""
    with pytest.raises(SettingsError) as error:
        ini(tmp_path, *lines)
    assert told(error) == (f"alembic.ini [alembic]: {message}", hint)


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("sqlalchemy.url = postgresql://u:p%%40s@h/d", "postgresql://u:p%40s@h/d"),
        ("sqlalchemy.url = postgresql://u:p%40s@h/d", "postgresql://u:p%40s@h/d"),
        ("sqlalchemy.url = postgresql://%(who)s@h/d\nwho = u:p%%40s", "postgresql://u:p%40s@h/d"),
        ("sqlalchemy.url = postgresql://%(WHO)s@h/d", "postgresql://%(WHO)s@h/d"),
        ("sqlalchemy.url = postgresql://%(a)s\na = %(b)s\nb = %(a)s", "postgresql://%(a)s"),
        ("sqlalchemy.url = sqlite:///%(here)s/a b.db", "sqlite:///{here}/a b.db"),
        ("sqlalchemy.url = sqlite:///%(here)s/a%20b.db", "sqlite:///{here}/a%20b.db"),
        ("sqlalchemy.url = sqlite:///a.db", "sqlite:///{here}/a.db"),
        ("sqlalchemy.url = driver://user:pass@localhost/dbname", None),
        ("sqlalchemy.url =", None),
        ("", None),
    ],
)
def test_url_of_an_ini(tmp_path: Path, line: str, url: str | None) -> None:
    """A `%` of a URL survives, doubled or not; Alembic's placeholder is no URL."""
    settings = ini(tmp_path, line)
    assert settings.url == (url and url.format(here=tmp_path))
    assert settings.sources["url"] == ("alembic.ini [alembic]" if url else "default")


def test_own_section_of_an_ini(tmp_path: Path) -> None:
    """[dbman] has dbman's plain keys, wins, and may be a section of Alembic as well."""
    settings = ini(
        tmp_path,
        "sqlalchemy.url = postgresql://alembic/x",
        "[dbman]",
        "url = postgresql://u:p%40s@dbman/x",
        "core = acme",
        "group =",
        "snapshot = off",
        "lock_timeout = 1.5",
        "script_location = dbman:environment",
        "path_separator = newline",
        "sqlalchemy.echo = true",
        "version_locations = acme:migrations",
        "[DEFAULT]",
        "anything = else",
    )
    assert (settings.url, settings.core, settings.snapshot, settings.lock_timeout) == (
        "postgresql://u:p%40s@dbman/x",
        "acme",
        False,
        1.5,
    )
    assert settings.group == "dbman.extensions"
    assert (settings.script_location, settings.version_locations) == (None, ())
    assert settings.sources["url"] == "alembic.ini [dbman]"
    as_section = load(settings.file, section="dbman", environ={}, cwd=tmp_path)
    assert (as_section.script_location, as_section.version_locations, as_section.core) == (
        "dbman:environment",
        ("acme:migrations",),
        "acme",
    )


def test_an_ini_with_nothing_but_dbmans_section(tmp_path: Path) -> None:
    """[alembic] may be missing where [dbman] is there."""
    path = write(tmp_path / "setup.cfg", "[dbman]\ncore = acme\n")
    assert load(path, environ={}, cwd=tmp_path).core == "acme"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("cor = acme", "unknown key 'cor'; did you mean 'core'?"),
        ("cor =", "unknown key 'cor'; did you mean 'core'?"),
        ("environment = x", "environment is a table, which an ini cannot hold"),
        ("extensions = x", "extensions is a table, which an ini cannot hold"),
        ("lint = x", "lint is a table, which an ini cannot hold"),
        ("snapshot = maybe", "snapshot must be true or false, not 'maybe'"),
        ("cascade = never", "cascade must be true or false, not 'never'"),
        ("translate = never", "translate must be true or false, not 'never'"),
        ("lock_timeout = soon", "lock_timeout must be a number of seconds, not 'soon'"),
    ],
)
def test_refused_in_own_section(tmp_path: Path, line: str, message: str) -> None:
    """[dbman] refuses what a toml file would refuse."""
    with pytest.raises(SettingsError) as error:
        ini(tmp_path, "[dbman]", line)
    assert error.value.message == f"alembic.ini [dbman]: {message}"


def test_sections_of_extensions(tmp_path: Path) -> None:
    """[dbman.extensions.NAME] has the keys of the table in toml, as plain texts."""
    settings = ini(
        tmp_path,
        "script_location = kallithea:alembic",
        "[dbman.extensions.kallithea]",
        "models = kallithea.model:Base",
        "versions = kallithea:alembic/versions, kallithea:more",
        "    kallithea:most",
        "prefix =",
        "requires =",
        "[dbman.extensions.networking-sfc]",
        "requires = core kallithea",
        "enabled = No",
        "[DEFAULT]",
        "version_locations = x",
    )
    assert settings.extensions == {
        "kallithea": ExtensionSettings(
            models="kallithea.model:Base",
            versions=("kallithea:alembic/versions", "kallithea:more", "kallithea:most"),
            prefix="",
            requires=(),
        ),
        "networking-sfc": ExtensionSettings(requires=("core", "kallithea"), enabled=False),
    }
    source = settings.sources["extensions.kallithea.models"]
    assert source == "alembic.ini [dbman.extensions.kallithea]"
    path = write(tmp_path / "own.ini", "[dbman.extensions.poser]\nprefix = p_\n")
    assert load(path, environ={}, cwd=tmp_path).extensions["poser"].prefix == "p_"


@pytest.mark.parametrize(
    ("lines", "message", "hint"),
    [
        (
            ["[dbman.extensions.poser]", "model = x"],
            "alembic.ini [dbman.extensions.poser]: unknown key 'model' in extensions.poser; "
            "did you mean 'models'?",
            "known keys: models, versions, prefix, requires, enabled, version_table, lint_ignore",
        ),
        (
            ["[dbman.extensions.poser]", "enabled = maybe"],
            "alembic.ini [dbman.extensions.poser]: extensions.poser.enabled must be true or false, "
            "not 'maybe'",
            "for example: extensions.poser.enabled = false",
        ),
        (
            ["[dbman.extension.poser]", "models = x"],
            "alembic.ini has a section [dbman.extension.poser], which dbman does not know",
            "dbman's own are [dbman], [dbman.lint] and [dbman.extensions.NAME]",
        ),
    ],
)
def test_refused_sections_of_extensions(
    tmp_path: Path, lines: list[str], message: str, hint: str
) -> None:
    """What is wrong in such a section is told, and so is one that nobody would read."""
    with pytest.raises(SettingsError) as error:
        ini(tmp_path, *lines)
    assert told(error) == (message, hint)


def test_sections_of_alembic_may_begin_like_ours(tmp_path: Path) -> None:
    """`version_locations --section dbman.poser` writes one."""
    settings = ini(tmp_path, "[dbman.poser]", "script_location = dbman:environment")
    assert settings.extensions == {}


def test_the_url_of_other_sections(tmp_path: Path) -> None:
    """It comes from a flag, DBMAN_URL, the section, else [alembic]; nothing else does."""
    path = write(
        tmp_path / "alembic.ini",
        "[alembic]\nscript_location = x\ntimezone = UTC\nsqlalchemy.url = sqlite:////main.db\n"
        "[dbman]\npath_separator = newline\n[other]\nsqlalchemy.url = sqlite:////other.db\n",
    )
    environ = {"DBMAN_URL": "sqlite:////env.db"}

    def url(section: str, **given: Any) -> tuple[str | None, str]:
        settings = load(path, section=section, cwd=tmp_path, **{"environ": {}, **given})
        assert (settings.script_location, settings.timezone) == (None, None)
        return settings.url, settings.sources["url"]

    assert url("dbman") == ("sqlite:////main.db", "alembic.ini [alembic]")
    assert url("other") == ("sqlite:////other.db", "alembic.ini [other]")
    assert url("other", environ=environ) == ("sqlite:////env.db", "DBMAN_URL")
    flags = {"url": "sqlite:////flag.db"}
    assert url("other", environ=environ, flags=flags) == ("sqlite:////flag.db", "--url")


# --- Alembic's settings in a pyproject.toml -------------------------------------------------------


PYPROJECT = """
[tool.alembic]
script_location = "%(here)s/alembic"
version_locations = ["%(here)s/alembic/versions", "po%%20ser:migrations"]
recursive_version_locations = true
prepend_sys_path = ["."]
file_template = "%%(rev)s"
truncate_slug_length = 30
output_encoding = "utf-8"
[[tool.alembic.post_write_hooks]]
name = "ruff"
type = "module"
cwd = "%(here)s"
"""


def test_pyproject_of_alembic(tmp_path: Path) -> None:
    """A pyproject.toml with nothing but [tool.alembic] is an Alembic configuration."""
    path = write(tmp_path / "pyproject.toml", PYPROJECT)
    settings = load(path, environ={}, cwd=tmp_path)
    assert settings == Settings(
        script_location=f"{tmp_path}/alembic",
        version_locations=(f"{tmp_path}/alembic/versions", "po%20ser:migrations"),
        recursive=True,
        prepend_sys_path=(".",),
        file_template="%(rev)s",
        truncate_slug_length=30,
        post_write_hooks=(PostWriteHook("ruff", {"type": "module", "cwd": str(tmp_path)}),),
        file=path,
        folder=tmp_path,
        is_ini=True,
        sources=settings.sources,
    )
    assert settings.sources["timezone"] == "default"
    assert settings.sources["script_location"] == "pyproject.toml [tool.alembic]"


@pytest.mark.parametrize("name", ["pyproject.toml", "alembic.ini"])
def test_pyproject_and_ini_side_by_side(tmp_path: Path, name: str) -> None:
    """Whichever is named, both are read and the ini wins, as `alembic init -t pyproject` needs."""
    write(tmp_path / "pyproject.toml", PYPROJECT)
    write(
        tmp_path / "alembic.ini",
        "[alembic]\nsqlalchemy.url = sqlite:///a.db\ntruncate_slug_length = 10\n",
    )
    settings = load(Path(name), environ={}, cwd=tmp_path)
    assert (settings.url, settings.truncate_slug_length, settings.file_template) == (
        f"sqlite:///{tmp_path}/a.db",
        10,
        "%(rev)s",
    )
    assert (settings.file, settings.is_ini) == (tmp_path / name, True)
    assert (settings.sources["url"], settings.sources["script_location"]) == (
        "alembic.ini [alembic]",
        "pyproject.toml [tool.alembic]",
    )


@pytest.mark.parametrize("name", [None, "pyproject.toml"])
def test_own_settings_over_alembics(tmp_path: Path, name: str | None) -> None:
    """[tool.alembic] lies below [tool.dbman]; the file is dbman's, named or found."""
    path = write(tmp_path / "pyproject.toml", PYPROJECT)
    alone = load(path, environ={}, cwd=tmp_path)
    write(path, PYPROJECT + '[tool.dbman]\ncore = "acme"\n')
    settings = load(name and Path(name), environ={}, cwd=tmp_path)
    assert settings == replace(
        alone, core="acme", file=path, is_ini=False, sources=settings.sources
    )
    assert settings.sources["script_location"] == "pyproject.toml [tool.alembic]"
    assert settings.sources["core"] == "pyproject.toml [tool.dbman]"


@pytest.mark.parametrize("key", ["sqlalchemy.url", '"sqlalchemy.url"'])
def test_url_in_pyproject_of_alembic(tmp_path: Path, key: str) -> None:
    """It counts where nothing else gives one; the placeholder is none."""
    path = tmp_path / "pyproject.toml"
    table = f"[tool.alembic]\n{key} = 'sqlite:///%(here)s/100%.db'\n"
    write(path, table + "[tool.dbman]\n")
    settings = load(environ={}, cwd=tmp_path)
    assert settings.url == f"sqlite:///{tmp_path}/100%.db"
    assert settings.sources["url"] == "pyproject.toml [tool.alembic]"
    assert load(environ={"DBMAN_URL": "sqlite://"}, cwd=tmp_path).url == "sqlite://"
    write(path, table + "[tool.dbman]\nurl = 'sqlite:////own.db'\n")
    assert load(environ={}, cwd=tmp_path).url == "sqlite:////own.db"
    write(path, f"[tool.alembic]\n{key} = 'driver://user:pass@localhost/dbname'\n[tool.dbman]\n")
    assert load(environ={}, cwd=tmp_path).url is None


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        (
            'file_template = "%(rev)s"',
            "file_template has a '%' that Alembic cannot read: %(rev)s",
            "write %% for a percent sign; only %(here)s is replaced",
        ),
        (
            'script_location = "100%"',
            "script_location has a '%' that Alembic cannot read: 100%",
            "write %% for a percent sign; only %(here)s is replaced",
        ),
        (
            "recursive_version_locations = 'true'",
            "recursive_version_locations must be true or false, not 'true'",
            "for example: recursive_version_locations = true",
        ),
        (
            "post_write_hooks = [{ type = 'module' }]",
            "post_write_hooks must be a list of tables of texts, each with a name, "
            "not [{'type': 'module'}]",
            'for example: post_write_hooks = [{ name = "ruff", type = "module", module = "ruff" }]',
        ),
    ],
)
def test_refused_in_pyproject_of_alembic(
    tmp_path: Path, line: str, message: str, hint: str
) -> None:
    """What Alembic could not read either is told with the table."""
    path = write(tmp_path / "pyproject.toml", f"[tool.alembic]\n{line}\n")
    with pytest.raises(SettingsError) as error:
        load(path, environ={}, cwd=tmp_path)
    assert told(error) == (f"pyproject.toml [tool.alembic]: {message}", hint)


# --- URLs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("sqlite:///acme.db", "sqlite:///{folder}/acme.db"),
        ("sqlite:///data/a%20b c.db?timeout=3", "sqlite:///{folder}/data/a%20b c.db?timeout=3"),
        ("sqlite+aiosqlite:///../a.db", "sqlite+aiosqlite:///{folder}/../a.db"),
        ("sqlite+pysqlcipher://:pa%ss@/a.db", "sqlite+pysqlcipher://:pa%ss@/{folder}/a.db"),
        ("sqlite:////srv/acme.db", "sqlite:////srv/acme.db"),
        ("sqlite://", "sqlite://"),
        ("sqlite:///", "sqlite:///"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite:///file:a.db?mode=ro&uri=true", "sqlite:///file:a.db?mode=ro&uri=true"),
        ("postgresql://u:p%40@h/d", "postgresql://u:p%40@h/d"),
        ("acme.app:engine", "acme.app:engine"),
    ],
)
def test_relative_urls(tmp_path: Path, written: str, read: str) -> None:
    """A relative SQLite path in a file is relative to it; all other text stays as it is."""
    write(tmp_path / "conf" / "dbman.toml", f"url = '{written}'\nscratch_url = '{written}'\n")
    settings = load(Path("conf/dbman.toml"), environ={}, cwd=tmp_path)
    expected = read.format(folder=tmp_path / "conf")
    assert (settings.url, settings.scratch_url) == (expected, expected)
    outside = load(environ={"DBMAN_URL": written}, cwd=tmp_path, flags={"scratch_url": written})
    assert (outside.url, outside.scratch_url) == (written, written)


@pytest.mark.parametrize("name", ["a b", "50% off", "a%20b", "%(here)s", "é", "why?"])
def test_relative_urls_in_odd_folders(tmp_path: Path, name: str) -> None:
    """The very folder is read back, from a toml file and from an ini."""
    folder = tmp_path / name
    write(folder / "dbman.toml", 'url = "sqlite:///x.db"\n')
    by_toml = load(environ={}, cwd=folder)
    by_ini = ini(folder, "sqlalchemy.url = sqlite:///%(here)s/x.db")
    for settings in (by_toml, by_ini):
        assert settings.url is not None
        assert parse_url(settings.url).database == f"{folder}/x.db"


@pytest.mark.parametrize(
    ("url", "hidden"),
    [
        ("postgresql://user:secret@host:5432/db", "postgresql://user:***@host:5432/db"),
        ("postgresql://user:se:cr/et@host/db", "postgresql://user:***@host/db"),
        ("postgresql://user:se@cret@host/d@b:c", "postgresql://user:***@host/d@b:c"),
        ("postgresql://user@corp:secret@host/db", "postgresql://user@corp:***@host/db"),
        ("sqlite+pysqlcipher://:secret@/x.db", "sqlite+pysqlcipher://:***@/x.db"),
        ("postgresql://user:@host/db", "postgresql://user:***@host/db"),
        (
            "postgresql:///db?host=h&password=s%26x&sslmode=on",
            "postgresql:///db?host=h&password=***&sslmode=on",
        ),
        (
            "postgresql://h/d?sslpassword=s&PASSWORD=t",
            "postgresql://h/d?sslpassword=***&PASSWORD=***",
        ),
        ("'postgresql:///db?password=***' is bad", "'postgresql:///db?password=***' is bad"),
        ("postgresql:///db?password=***x y", "postgresql:///db?password=***"),
        ("postgresql://user@host:5432/db", "postgresql://user@host:5432/db"),
        ("sqlite:////srv/a:b@c.db", "sqlite:////srv/a:b@c.db"),
        ("acme.app:engine", "acme.app:engine"),
    ],
)
def test_hide_password(url: str, hidden: str) -> None:
    """No password shows, and what is none stays."""
    assert hide_password(url) == hidden


# --- rows -----------------------------------------------------------------------------------------


def test_rows(tmp_path: Path) -> None:
    """Every value stands with its source; passwords are hidden."""
    write(
        tmp_path / "pyproject.toml",
        '[tool.dbman]\nurl = "postgresql://u:secret@h/d"\n'
        "[tool.dbman.environment]\ncompare_type = false\n"
        '[tool.dbman.extensions.poser]\nprefix = "p_"\nrequires = ["acme"]\n',
    )
    flags = {
        "scratch_url": "postgresql://h/d?password=secret",
        "post_write_hooks": [{"name": "ruff", "type": "module"}],
    }
    settings = load(environ={}, cwd=tmp_path, flags=flags)
    source = "pyproject.toml [tool.dbman]"
    assert settings.rows() == (
        SettingRow("url", "postgresql://u:***@h/d", source),
        SettingRow("db", None, "default"),
        SettingRow("group", "dbman.extensions", "default"),
        SettingRow("versions_group", None, "default"),
        SettingRow("versions", "{package}:migrations", "default"),
        SettingRow("core", None, "default"),
        SettingRow("version_table", "alembic_version", "default"),
        SettingRow("scratch_url", "postgresql://h/d?password=***", "--scratch-url"),
        SettingRow("lock", "auto", "default"),
        SettingRow("lock_timeout", 30.0, "default"),
        SettingRow("snapshot", True, "default"),
        SettingRow("cascade", True, "default"),
        SettingRow("translate", True, "default"),
        SettingRow("require_depends_on", True, "default"),
        SettingRow("verify_ignore", [], "default"),
        SettingRow("bootstrap", None, "default"),
        SettingRow("context", None, "default"),
        SettingRow("script_template", None, "default"),
        SettingRow("environment.compare_type", False, source),
        SettingRow("extensions.poser.prefix", "p_", source),
        SettingRow("extensions.poser.requires", ["acme"], source),
        SettingRow("lint.select", [], "default"),
        SettingRow("lint.ignore", [], "default"),
        SettingRow("script_location", None, "default"),
        SettingRow("version_locations", [], "default"),
        SettingRow("recursive", False, "default"),
        SettingRow("prepend_sys_path", [], "default"),
        SettingRow("file_template", None, "default"),
        SettingRow("timezone", None, "default"),
        SettingRow("truncate_slug_length", 40, "default"),
        SettingRow("post_write_hooks", [{"name": "ruff", "type": "module"}], "--post-write-hooks"),
        SettingRow("x", [], "default"),
    )
    assert "secret" not in repr(settings)


def test_neither_sqlalchemy_nor_alembic_is_imported(tmp_path: Path) -> None:
    """Reading settings costs no import of SQLAlchemy or Alembic."""
    write(tmp_path / "alembic.ini", "[alembic]\nsqlalchemy.url = sqlite:///x.db\n")
    code = (
        "import sys; from pathlib import Path; from dbman.config import load; "
        f"load(Path({str(tmp_path)!r}, 'alembic.ini'), environ={{}}).rows(); "
        "print([name for name in ('sqlalchemy', 'alembic') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_lint_in_an_ini(tmp_path: Path) -> None:
    """A section of its own; lists are separated by blanks or commas."""
    text = "[DEFAULT]\nx = 1\n[alembic]\n[dbman.lint]\nselect = danger, DBM1\nignore = two-heads DBM301\n"
    (tmp_path / "alembic.ini").write_text(text, encoding="utf-8")
    settings = load(tmp_path / "alembic.ini", environ={}, cwd=tmp_path)
    assert settings.lint.select == ("danger", "DBM1")
    assert settings.lint.ignore == ("two-heads", "DBM301")
    assert settings.sources["lint.select"] == "alembic.ini [dbman.lint]"


def test_an_unknown_key_of_lint_in_an_ini(tmp_path: Path) -> None:
    """It names the nearest."""
    (tmp_path / "alembic.ini").write_text("[alembic]\n[dbman.lint]\nselekt = x\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="unknown key 'selekt' in lint; did you mean 'select'"):
        load(tmp_path / "alembic.ini", environ={}, cwd=tmp_path)
