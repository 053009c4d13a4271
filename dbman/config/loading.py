"""Find the settings file, and join what flags, environment and file say."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from dbman.config.files import SECTION, SettingsFile, nearby, settings_file
from dbman.config.keys import GIVEN, PLAIN, Layer, checked
from dbman.config.settings import DEFAULT, ExtensionSettings, LintSettings, Settings
from dbman.config.toml import PYPROJECT, alembic_layer, own_layer, read_toml
from dbman.config.urls import absolute_url
from dbman.errors import SettingsError


class _FromFile(NamedTuple):
    """What the settings file says, lowest layer first."""

    file: SettingsFile | None = None
    layers: tuple[Layer, ...] = ()
    is_ini: bool = False


def load(
    file: Path | None = None,
    *,
    section: str = SECTION,
    flags: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Settings:
    """Return the settings: flag over environment over file over default.

    `file` is what ``-c`` names: a toml file, or an Alembic ini whose section is `section`; without
    it `DBMAN_CONFIG`, else the nearest ``dbman.toml`` or ``[tool.dbman]`` from `cwd` upwards,
    over ``[tool.alembic]`` of the same file.
    `flags` maps names of settings to values, None for those not given; their `environment` and
    `extensions` are joined with the file's key by key. `environ` is `os.environ` by default.
    Raises `SettingsError` for whatever cannot be read or does not fit.
    """
    environ = os.environ if environ is None else environ
    cwd = (cwd or Path.cwd()).absolute()
    read = _from_file(_named(file, environ, cwd), section, cwd)
    outside = [*_from_environ(environ), *_from_flags(flags or {})]
    values, sources = _joined((*read.layers, *outside))
    _prefer_db(values, sources)
    extensions = values.pop("extensions", {})
    lint = LintSettings(**values.pop("lint", {}))
    return Settings(
        **values,
        lint=lint,
        extensions={name: ExtensionSettings(**table) for name, table in extensions.items()},
        file=read.file.path if read.file else None,
        folder=read.file.folder if read.file else cwd,
        is_ini=read.is_ini,
        sources=sources,
    )


def load_nearest(folder: Path) -> Settings:
    """Return the settings nearest to a folder, else to the current one: for the runs of Alembic."""
    settings = load(cwd=folder)
    return settings if settings.file is not None else load()


def alembic_url(said: Settings, nearest: Settings, section: str) -> tuple[str | None, str]:
    """Return the URL that a run of Alembic with a section uses, and where it comes from.

    What the ini says for the section comes first, then `DBMAN_URL` and the nearest settings of
    dbman; that of ``[alembic]`` tells at last which database is the project's.
    """
    is_own = said.sources.get("url", DEFAULT).endswith((f"[{section}]", "[dbman]"))
    order = (said, nearest) if is_own else (nearest, said)
    found = next((each for each in order if each.url), nearest)
    return found.url, found.sources["url"]


def _named(file: Path | None, environ: Mapping[str, str], cwd: Path) -> SettingsFile | None:
    """Return the settings file that the call or the environment names."""
    if file is not None:
        return settings_file(Path(file), cwd, "-c")
    if name := environ.get("DBMAN_CONFIG"):
        return settings_file(Path(name), cwd, "DBMAN_CONFIG")
    return None


def _from_file(named: SettingsFile | None, section: str, cwd: Path) -> _FromFile:
    """Read the named file, else the nearest one that has settings of dbman."""
    if named and named.path.suffix != ".toml":
        return _from_alembic(named, named.beside(PYPROJECT), named, section)
    for file in (named,) if named else nearby(cwd):
        document = read_toml(file)
        if own := own_layer(file, document):
            _refuse(section)
            layers = filter(None, (alembic_layer(file, document), own))
            return _FromFile(file, tuple(_in_folder(layer, file.folder) for layer in layers))
    if named:
        return _from_alembic(named, named, named.beside("alembic.ini"), section)
    _refuse(section)
    return _FromFile()


def _from_alembic(
    named: SettingsFile, toml: SettingsFile, ini: SettingsFile, section: str
) -> _FromFile:
    """Read Alembic's own settings, which may stand in two files; the ini wins, as in Alembic."""
    layers: list[Layer] = []
    if toml.path.is_file() and (layer := alembic_layer(toml, read_toml(toml))):
        layers.append(layer)
    elif named == toml:
        raise SettingsError(
            f"{named.name} has neither [tool.dbman] nor [tool.alembic]",
            "add [tool.dbman], or name another file with -c",
        )
    if named == ini or ini.path.is_file():
        from dbman.config.ini import ini_layers  # hardly any run reads one

        layers += ini_layers(ini, section)
    else:
        _refuse(section)
    return _FromFile(named, tuple(_in_folder(layer, named.folder) for layer in layers), True)


def _refuse(section: str) -> None:
    """Refuse the name of a section where no ini is read."""
    if section != SECTION:
        raise SettingsError(
            f"-n {section} names a section, but no Alembic ini is read", "name one with -c FILE"
        )


def _in_folder(layer: Layer, folder: Path) -> Layer:
    """Return what a file says with its relative SQLite URLs made absolute."""
    urls = {
        key: absolute_url(str(layer.values[key]), folder)
        for key in ("url", "scratch_url")
        if key in layer.values
    }
    return layer._replace(values={**layer.values, **urls})


def _from_environ(environ: Mapping[str, str]) -> Iterator[Layer]:
    """Yield what the environment says; an empty variable says nothing."""
    if url := environ.get("DBMAN_URL"):
        yield checked({"url": url}, PLAIN, "DBMAN_URL")


def _from_flags(flags: Mapping[str, object]) -> Iterator[Layer]:
    """Yield what each flag says."""
    given = {name: value for name, value in flags.items() if value is not None}
    for name, value in checked(given, GIVEN, "given settings").values.items():
        yield Layer(_flag(name, value), {name: value})


def _flag(name: str, value: object) -> str:
    """Return what a flag is called; one that turns something off says so."""
    word = name.replace("_", "-")
    return "-x" if name == "x" else f"--no-{word}" if value is False else f"--{word}"


def _joined(layers: Iterable[Layer]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values that win, and where each setting comes from."""
    values: dict[str, Any] = {}
    sources = {row.name: DEFAULT for row in Settings().rows()}
    for layer in layers:
        _overlay(values, layer.values, layer.source, sources)
    return values, sources


def _overlay(
    below: dict[str, Any],
    above: Mapping[str, object],
    source: str,
    sources: dict[str, str],
    path: str = "",
) -> None:
    """Write the values of a layer over those below it, tables key by key."""
    for name, value in above.items():
        if isinstance(value, Mapping):
            below[name] = dict(below.get(name, {}))
            _overlay(below[name], value, source, sources, f"{path}{name}.")
        else:
            below[name] = value
            sources[path + name] = source


def _prefer_db(values: dict[str, Any], sources: dict[str, str]) -> None:
    """Let ``--db`` win over a URL from elsewhere; two flags are a contradiction."""
    if "db" not in values:
        return
    if sources["url"] == "--url":
        raise SettingsError("--url and --db both name a database", "give one of them")
    values["url"] = None
    sources["url"] = sources["db"]
