"""One run of one command: its options, its manager, and what it leaves to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from dbman.cli.asking import Asker
from dbman.cli.common import Common
from dbman.cli.output import print_data, print_json
from dbman.cli.parser import named
from dbman.cli.render import Block, Line, Page, Styled
from dbman.cli.signals import Terminated, stoppable
from dbman.cli.talk import Talk
from dbman.config import Settings, load
from dbman.errors import DatabaseError, ExtensionError, UsageError

if TYPE_CHECKING:
    from dbman.manager import Manager

INTERRUPTED, TERMINATED = 130, 143
_FLAGS = ("url", "db", "x", "lock_timeout")


class Host(NamedTuple):
    """What `main` was called with."""

    prog: str
    """The name that the command line goes by."""
    settings: Mapping[str, object] | Settings | None = None
    """Settings that the host gives; options win over them."""
    before: Common = Common()
    """The common options that stood before the command."""


class Session:
    """What a command works with."""

    def __init__(self, host: Host, command: str, after: Common, *, moves: bool = False) -> None:
        self.host = host
        self.command = command
        self.options = host.before.then(after)
        self.moves = moves
        self.talk = Talk(quiet=self.options.quiet, verbose=self.options.verbose)
        self.stopped = "the run was one transaction, nothing was changed"
        """How things stand when the command is stopped half-way."""

    @cached_property
    def manager(self) -> Manager:
        """Return the manager of the settings; reads no database.

        Raises `SettingsError` for settings that are wrong.
        """
        from dbman.manager import Manager

        options = self.options
        return Manager(
            settings_of(self.host, options),
            skip=options.skip or (),
            strict=options.strict,
            progress=self.talk,
        )

    @cached_property
    def opened(self) -> Manager:
        """Return the manager, its database named on stderr."""
        database = self.manager.database
        name = database.describe().removeprefix("a database ")  # "in memory"
        self.talk.say(Line(["database ", Styled(name, "bold"), f" ({database.address.source})"]))
        self.warn_of_nothing()
        if self.moves:
            self.tell_of_environment()
        if self.moves and not database.dialect.atomic:
            self.stopped = "what was done before that stays: `dbman status` shows where it stands"
        return self.manager

    def reading_for(self, *targets: str) -> Manager:
        """Return the manager; the database is named unless ``FROM:TO`` says that none is read."""
        return self.manager if any(":" in each for each in targets) else self.opened

    def warn_of_nothing(self) -> None:
        """Warn where no extension is installed, which is seldom what anybody wants."""
        if not self.manager.extensions:
            group = self.manager.settings.group
            why = f"no extension is installed: nothing registers in {group!r}"
            self.talk.warn(named(f"{why}; `dbman new NAME` makes one", self.host.prog))

    def tell_of_environment(self) -> None:
        """Say that the project's own env.py, where there is one, is not run."""
        settings = self.manager.settings
        location = settings.script_location
        if location is None or location == "dbman:environment":
            return
        from dbman.extensions.locations import locate

        with suppress(ExtensionError):  # discovery tells of a package that is not there
            file = locate(location, settings.folder) / "env.py"
            if file.is_file():
                self.talk.note(f"{file} is not run; what it configures goes into the settings")

    def asker(self, yes: bool) -> Asker:
        """Return who asks before something goes."""
        return Asker(self.talk, f"{self.host.prog} {self.command}", yes)

    def is_finishing(self) -> bool:
        """Return whether all steps of a move ran and only its commit is left."""
        return self.moves and self.talk.finished

    def print_as_json(self, wanted: bool) -> None:
        """Print what `show` gets as JSON, also without ``--json``, if that is wanted."""
        self.options = replace(self.options, as_json=self.options.as_json or wanted)

    def refuse_json(self) -> None:
        """Raise `UsageError` where a program's own output would have to be JSON."""
        if self.options.as_json:
            raise UsageError(
                f"`{self.host.prog} {self.command}` prints no JSON", "leave --json away"
            )

    def refuse_database(self) -> None:
        """Raise `UsageError` where a database is named for work on scratch ones."""
        if self.options.url is not None or self.options.db is not None:
            raise UsageError(
                f"`{self.host.prog} {self.command}` reads no database of yours",
                "say --scratch-url where a scratch database is to be made",
            )

    def warn_of_scripts(self) -> None:
        """Warn of scripts that cannot be used; raise `ScriptError` where the graph is ambiguous."""
        graph = self.manager.graph
        graph.require_unambiguous()
        for problem in graph.problems:
            self.talk.warn(problem.message)

    def show(self, page: Page) -> int:
        """Print what a command shows; return its exit code."""
        talk = self.talk
        talk.close()
        for warning in [*page.warnings, *self._model_problems()]:
            talk.warn(named(warning, self.host.prog))
        if self.options.as_json:
            print_json(self.command, page.data)
            return page.exit_code
        talk.say(*(self._named(each) for each in page.said))
        print_data(self._named(each) if isinstance(each, Line) else each for each in page.text)
        if page.hint:
            talk.say(Line([Styled(named(page.hint, self.host.prog), "dim")]))
        return page.exit_code

    def _named(self, block: Block) -> Block:
        """Return a block under the name that the host gave; what stands in a table is data."""
        prog = self.host.prog
        if isinstance(block, str):
            return named(block, prog)
        if isinstance(block, Line):
            return Line([named(p, prog) if isinstance(p, str) else p for p in block.parts])
        return block

    def _model_problems(self) -> list[str]:
        """Return why models could not be loaded, if a move asked for them."""
        if not self.moves or "models" not in vars(self.manager):
            return []
        return [problem.message for problem in self.manager.models.problems]


def settings_of(host: Host, options: Common) -> Settings:
    """Return the settings of a run: options over the host's over environment, file, default.

    Raises `SettingsError` for what cannot be read or does not fit.
    """
    flags = {name: getattr(options, name) for name in _FLAGS}
    flags = {name: value for name, value in flags.items() if value not in (None, [])}
    if options.no_translate:
        flags["translate"] = False
    if isinstance(host.settings, Settings) and options.config is None:
        return _over(host.settings, flags)
    inherited: dict[str, object] = {}
    if host.settings is not None and not isinstance(host.settings, Settings):
        database = {"url", "db"} if flags.keys() & {"url", "db"} else set()
        inherited = {key: host.settings[key] for key in host.settings.keys() - database}
    settings = load(options.config, section=options.ini_section, flags={**inherited, **flags})
    words = [name.replace("_", "-") for name in inherited.keys() - flags.keys()]
    given = {f"--{start}{word}" for word in words for start in ("", "no-")}
    sources = settings.sources.items()
    named_so = {name: host.prog if source in given else source for name, source in sources}
    return replace(settings, sources=named_so)


def _over(settings: Settings, flags: Mapping[str, object]) -> Settings:
    """Return settings of a host with the flags over them."""
    read = load(flags=flags, environ={}, cwd=settings.folder)
    changed: dict[str, Any] = {name: getattr(read, name) for name in flags}
    if changed.keys() & {"url", "db"}:
        changed = {**changed, "url": read.url, "db": read.db}
    sources = {**settings.sources, **{name: read.sources[name] for name in changed}}
    return replace(settings, **changed, sources=sources)


def perform(session: Session, body: Callable[[], Page]) -> int:
    """Run a command and show its page; return its exit code.

    Where it is stopped, a line says how things stand.
    """
    try:
        with stoppable(session.is_finishing):
            page = body()
    except (KeyboardInterrupt, Terminated) as err:
        session.talk.close()
        session.talk.quiet = False
        word = "terminated" if isinstance(err, Terminated) else "interrupted"
        tail = f"; {named(session.stopped, session.host.prog)}" if session.moves else ""
        session.talk.say(f"{session.host.prog}: {word}{tail}")
        return TERMINATED if word == "terminated" else INTERRUPTED
    except BrokenPipeError as err:  # of stdout it is no error, hence told apart here
        raise DatabaseError(f"the connection to the database broke: {err}") from err
    finally:
        session.talk.close()
    return session.show(page)
