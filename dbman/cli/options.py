"""Every option and argument once; commands name the ones that they take in their signatures."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

from typer import Argument, Option

from dbman.cli import completion
from dbman.cli.parser import as_typed

Targets: TypeAlias = Annotated[
    list[str] | None,
    Argument(
        metavar="TARGET",
        help="NAME, NAME@head, NAME@base, NAME@-1, NAME@+1, NAME@REVISION, a REVISION, heads.",
        autocompletion=completion.targets,
        callback=as_typed,
        show_default=False,
    ),
]
Name: TypeAlias = Annotated[
    str | None,
    Argument(
        metavar="NAME",
        help="An extension; all, if none is named.",
        autocompletion=completion.extensions,
        show_default=False,
    ),
]
Names: TypeAlias = Annotated[
    list[str] | None,
    Argument(
        metavar="NAME",
        help="Extensions; all, if none is named.",
        autocompletion=completion.extensions,
        show_default=False,
    ),
]
Rev: TypeAlias = Annotated[
    str | None,
    Argument(
        metavar="REV",
        help="A revision, or what names one: NAME, NAME@head, heads.",
        autocompletion=completion.targets,
        show_default=False,
    ),
]
RevOption: TypeAlias = Annotated[
    str | None,
    Option("-r", "--rev", metavar="REV", help="The same.", autocompletion=completion.targets),
]
Row: TypeAlias = Annotated[
    str, Argument(metavar="REV", help="The row of a version table.", show_default=False)
]
Revrange: TypeAlias = Annotated[
    str | None,
    Option(
        "-r",
        "--rev-range",
        "--revrange",
        metavar="RANGE",
        help="FROM:TO, with revisions or names: ae10:, poser:, current:.",
        autocompletion=completion.targets,
    ),
]
Sql: TypeAlias = Annotated[
    bool, Option("--sql", help="Print it as a script of SQL, and stop; FROM:TO is a target, too.")
]
DialectName: TypeAlias = Annotated[
    str | None,
    Option("--dialect", metavar="NAME", help="What --sql writes for: sqlite, postgresql, mariadb."),
]
Plan: TypeAlias = Annotated[bool, Option("--plan", help="List what would be done, and stop.")]
Yes: TypeAlias = Annotated[bool, Option("--yes", "-y", help="Do not ask.")]
DryRun: TypeAlias = Annotated[
    bool, Option("--dry-run", help="Print what would be written, and stop.")
]
Recreate: TypeAlias = Annotated[bool, Option("--recreate", help="Drop it first; asks.")]
Everything: TypeAlias = Annotated[
    bool, Option("--all", help="Empty the database: also tables that no extension owns.")
]
Force: TypeAlias = Annotated[bool, Option("--force", help="Also where tables are missing.")]
WithDependents: TypeAlias = Annotated[
    bool, Option("--with-dependents", help="Also forget what stands on it.")
]
Detect: TypeAlias = Annotated[
    bool, Option("--detect", help="Find out by their tables where extensions stand.")
]
Drift: TypeAlias = Annotated[
    bool, Option("--drift", help="Also compare its tables with what its revisions build.")
]
NoBackup: TypeAlias = Annotated[
    bool, Option("--no-backup", help="Make no backup of a SQLite file before.")
]
NotAtomic: TypeAlias = Annotated[
    bool, Option("--not-atomic", help="Keep each revision by itself: what fails leaves the others.")
]
BackupFile: TypeAlias = Annotated[
    Path, Argument(metavar="FILE", help="The backup.", show_default=False, readable=False)
]
Output: TypeAlias = Annotated[
    Path | None,
    Option("--output", "-o", metavar="FILE", help="The file that is written.", readable=False),
]
Overwrite: TypeAlias = Annotated[bool, Option("--force", help="Replace a file that is there.")]
Picture: TypeAlias = Annotated[
    Path | None,
    Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Draw it to a file: .svg, .html, .mmd, .dot or .json.",
        readable=False,
    ),
]
Source: TypeAlias = Annotated[
    str | None,
    Option(
        "--from",
        metavar="SOURCE",
        help="migrations (default), models, database, a TARGET, a URL or a path.",
        autocompletion=completion.targets,
    ),
]
Diff: TypeAlias = Annotated[
    tuple[str, str] | None,
    Option(
        "--diff",
        metavar="A B",
        help="What differs between two, each named as for --from.",
        autocompletion=completion.targets,
    ),
]
Tables: TypeAlias = Annotated[
    list[str] | None,
    Option("--table", metavar="PATTERN", help="Only tables of such names: 'user*'."),
]
Distance: TypeAlias = Annotated[
    int,
    Option("--distance", metavar="N", help="Also tables that N foreign keys lead to or from."),
]
Full: TypeAlias = Annotated[bool, Option("--full", help="Fold no long histories.")]
Ascii: TypeAlias = Annotated[bool, Option("--ascii", help="Draw with plain ASCII.")]
Offline: TypeAlias = Annotated[
    bool, Option("--offline", help="Do not ask the database what it has applied.")
]
Run: TypeAlias = Annotated[
    bool, Option("--run", help="On a server: run the command, not only name it.")
]
DropTables: TypeAlias = Annotated[
    bool, Option("--drop-tables", help="Also drop the tables that nobody owns; asks.")
]


class CacheVerb(StrEnum):
    """What `dbman cache` does."""

    INFO = "info"
    CLEAR = "clear"


CacheAction: TypeAlias = Annotated[
    CacheVerb, Argument(help="List it, or take it away.", metavar="[info|clear]")
]
ShellArguments: TypeAlias = Annotated[
    list[str] | None,
    Argument(metavar="-- ARGUMENT", help="What the shell is given besides.", show_default=False),
]
Rows: TypeAlias = Annotated[bool, Option("--rows", help="The rows of the version tables.")]
Scripts: TypeAlias = Annotated[bool, Option("--scripts", help="Import no models.")]
PathOnly: TypeAlias = Annotated[bool, Option("--path", help="Print the file alone.")]
NewName: TypeAlias = Annotated[
    str | None,
    Argument(metavar="NAME", help="The extension: a-z, 0-9 and '_'.", show_default=False),
]
Prefix: TypeAlias = Annotated[
    str | None,
    Option("--prefix", metavar="TEXT", help="How its tables begin; NAME_ by default."),
]
BuiltOn: TypeAlias = Annotated[
    str | None,
    Option(
        "--core",
        metavar="PKG",
        help="The extension that it builds on; the core by default.",
        autocompletion=completion.extensions,
    ),
]
ProjectPath: TypeAlias = Annotated[
    Path | None,
    Option("--path", metavar="DIR", help="Where it goes; the current folder by default."),
]
Here: TypeAlias = Annotated[
    bool, Option("--here", help="Add what is missing to the project that is there.")
]
Message: TypeAlias = Annotated[
    str, Option("--message", "-m", metavar="TEXT", help="What changes, in a few words.")
]
Owner: TypeAlias = Annotated[
    str,
    Argument(
        metavar="NAME",
        help="An extension.",
        autocompletion=completion.extensions,
        show_default=False,
    ),
]
MergeMessage: TypeAlias = Annotated[
    str | None,
    Option("--message", "-m", metavar="TEXT", help="What it is for; by default the ids."),
]
Onto: TypeAlias = Annotated[
    str | None,
    Option(
        "--onto",
        metavar="REV",
        help="The head to follow, where there are several.",
        autocompletion=completion.targets,
    ),
]
Range: TypeAlias = Annotated[
    str | None,
    Argument(
        metavar="FROM:TO",
        help="Its revisions from one to another; by default all.",
        autocompletion=completion.targets,
        show_default=False,
    ),
]
KeepIds: TypeAlias = Annotated[
    bool, Option("--keep-ids", help="Leave an empty revision for each id, for plain Alembic.")
]
NoCheck: TypeAlias = Annotated[
    bool, Option("--no-check", help="Do not ask the database what it has applied.")
]
Head: TypeAlias = Annotated[
    str | None,
    Option(
        "--head",
        metavar="TARGET",
        help="What it follows: NAME, NAME@head, or a revision.",
        autocompletion=completion.targets,
    ),
]
Splice: TypeAlias = Annotated[
    bool, Option("--splice", help="Let --head be a revision that is no head.")
]
Empty: TypeAlias = Annotated[bool, Option("--empty", help="Write a script without operations.")]
RevId: TypeAlias = Annotated[
    str | None, Option("--rev-id", metavar="ID", help="The revision id, in place of a random one.")
]
ScratchUrl: TypeAlias = Annotated[
    str | None, Option("--scratch-url", metavar="URL", help="Where scratch databases are made.")
]
RowCount: TypeAlias = Annotated[
    int, Option("--rows", metavar="N", help="How many rows each table is given.")
]
Seed: TypeAlias = Annotated[int, Option("--seed", metavar="N", help="What rows are drawn with.")]
Keep: TypeAlias = Annotated[
    bool, Option("--keep", help="Keep the databases on which a step failed.")
]
Rename: TypeAlias = Annotated[
    list[str] | None,
    Option(
        "--rename",
        metavar="OLD:NEW",
        help="What has another name: a table, or TABLE.OLD:TABLE.NEW for a column.",
    ),
]
VersionPath: TypeAlias = Annotated[
    Path | None, Option("--version-path", metavar="FOLDER", help="Where the script goes.")
]
Select: TypeAlias = Annotated[
    list[str] | None,
    Option(
        "--select",
        metavar="RULES",
        help="Only these rules: codes, beginnings of codes, names or groups; with commas.",
    ),
]
Ignore: TypeAlias = Annotated[
    list[str] | None, Option("--ignore", metavar="RULES", help="Not these rules.")
]
Since: TypeAlias = Annotated[
    str | None,
    Option("--since", metavar="REF", help="Only scripts that changed since a revision of git."),
]
Fix: TypeAlias = Annotated[bool, Option("--fix", help="Mend what can be mended.")]
MakeBaseline: TypeAlias = Annotated[
    bool, Option("--baseline", help="Write down the scripts as they are released, and stop.")
]


class LintFormat(StrEnum):
    """How `dbman lint` prints what it finds."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


Format: TypeAlias = Annotated[LintFormat, Option("--format", help="How findings are printed.")]
Code: TypeAlias = Annotated[
    str | None,
    Argument(
        metavar="CODE",
        help="A rule: its code or name.",
        autocompletion=completion.rules,
        show_default=False,
    ),
]
Section: TypeAlias = Annotated[
    str | None,
    Option("--section", metavar="NAME", help="A whole section, for `alembic -n NAME`."),
]
Write: TypeAlias = Annotated[
    Path | None,
    Option("--write", metavar="FILE", help="Edit an alembic.ini or pyproject.toml in place."),
]
Plain: TypeAlias = Annotated[bool, Option("--plain", help="The one line version_locations = ...")]


def words(values: list[str] | None) -> list[str]:
    """Return the words of an option that may be given several times, and with commas."""
    found = (word.strip() for value in values or () for word in value.split(","))
    return [word for word in found if word]
