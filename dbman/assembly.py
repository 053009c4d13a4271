"""Join the scripts of all extensions into one `RevisionGraph`, and tell what does not fit."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from dbman.errors import Problem
from dbman.extensions import InstalledExtension
from dbman.headers import kept_headers
from dbman.progress import NullProgress, Progress, counted
from dbman.revisions import Key, Revision, RevisionGraph
from dbman.scripts import Script, read_location

_Ends = tuple[list[Key], list[Key]]
"""Where ids lead: to the revisions themselves, and to those that replaced them."""


class _Found(NamedTuple):
    """One readable script and where it belongs; there may be thousands."""

    extension: InstalledExtension
    script: Script
    key: Key


def assemble(
    extensions: Sequence[InstalledExtension], progress: Progress | None = None
) -> RevisionGraph:
    """Return the graph of all scripts in the version locations of these extensions.

    Whatever cannot be read or resolved becomes a problem (a plan that needs it stops) or a clash
    (the graph is ambiguous), never an error: reading commands go on and tell it.
    """
    found, problems = _read(extensions, progress)
    unique, clashes = _unique(found)
    labels, more = _labels(unique)
    replaced, doubled = _replaced(unique)
    problems += _left_over(unique, replaced)
    revisions, unresolved = _resolve(unique, labels, replaced)
    problems += [problem for extension in extensions for problem in extension.problems]
    graph = RevisionGraph(
        revisions=revisions,
        extensions=tuple(extension.name for extension in extensions),
        problems=tuple(problems + unresolved),
        clashes=tuple(clashes + more + doubled),
        labels=labels,
        replaced=replaced,
    )
    return graph if len(graph.ranks) == len(revisions) else _without_cycles(graph)


def placed_scripts(
    extensions: Iterable[InstalledExtension], progress: Progress | None = None
) -> Iterator[tuple[InstalledExtension, Script]]:
    """Read every script once; a file that two extensions reach belongs to the deepest location."""
    places = sorted(
        (
            (location, extension)
            for extension in extensions
            for location in dict.fromkeys(extension.locations)
        ),
        key=lambda place: -len(place[0].parts),
    )
    seen: set[str] = set()
    with kept_headers(location for location, _ in places) as read:
        for location, extension in counted(
            progress or NullProgress(), "reading scripts", places, lambda place: place[1].name
        ):
            for script in read_location(location, read):
                file = os.path.normcase(script.file)
                if file not in seen:
                    seen.add(file)
                    yield extension, script


def _read(
    extensions: Sequence[InstalledExtension], progress: Progress | None
) -> tuple[list[_Found], list[Problem]]:
    """Return the scripts that have an id, in order, and what is wrong with any."""
    found: list[_Found] = []
    problems: list[Problem] = []
    for extension, script in placed_scripts(extensions, progress):
        if script.problem is not None:
            told = script.problem._replace(extension=extension.name, path=script.path)
            problems.append(told)
        if script.revision is not None:
            found.append(_Found(extension, script, Key(extension.tree, script.revision)))
    order = {extension.name: place for place, extension in enumerate(extensions)}
    found.sort(key=lambda one: (order[one.extension.name], _in_parts(one.script.file)))
    return found, problems


def _in_parts(file: str) -> str:
    """Return what sorts as the parts of a path do, and is made in a tenth of the time."""
    return os.path.normcase(file).replace(os.sep, "\0")


def _unique(found: Iterable[_Found]) -> tuple[dict[Key, _Found], list[Problem]]:
    """Keep the first script of each id and tell of every further one."""
    unique: dict[Key, _Found] = {}
    clashes = []
    for one in found:
        first = unique.setdefault(one.key, one)
        if first is not one:
            clashes.append(
                Problem(
                    f"revision {one.key.id!r} is in {_place(first)} and in {_place(one)}",
                    _way_out("revision id", one, first),
                    one.extension.name,
                    one.script.path,
                    (first.extension.name,),
                )
            )
    return unique, clashes


def _way_out(what: str, one: _Found, other: _Found) -> str:
    """Return the hint of a clash; extensions may have been made for version tables of their own."""
    own = "" if one.extension is other.extension else ", or each a version table: version_table"
    return f"give one of them another {what}{own}"


def _labels(unique: Mapping[Key, _Found]) -> tuple[dict[Key, Key], list[Problem]]:
    """Map each branch label to its revision and tell of labels that are used twice."""
    labels: dict[Key, Key] = {}
    clashes = []
    for key, one in unique.items():
        for label in dict.fromkeys(one.script.branch_labels):
            place = Key(key.tree, label)
            other = unique.get(labels.get(place, place))
            if other is not None:
                clashes.append(
                    Problem(
                        f"label {label!r} of {_place(one)} is taken by {_place(other)}",
                        _way_out("branch label", one, other),
                        one.extension.name,
                        one.script.path,
                        (other.extension.name,),
                    )
                )
            else:
                labels[place] = key
    return labels, clashes


def _replaced(unique: Mapping[Key, _Found]) -> tuple[dict[Key, Key], list[Problem]]:
    """Map each squashed revision to the one that it is part of now, and tell of disputed ones."""
    direct: dict[Key, Key] = {}
    disputes = []
    for key, one in unique.items():
        for id_ in one.script.replaces:
            first = direct.setdefault(Key(key.tree, id_), key)
            if first != key:
                disputes.append(
                    Problem(
                        f"{_place(one)} replaces {id_!r}, and so does {_place(unique[first])}",
                        "take it out of one of the two",
                        one.extension.name,
                        one.script.path,
                        (unique[first].extension.name,),
                    )
                )
    replaced = {}
    for old, new in direct.items():
        seen = {old}
        while new not in unique and new in direct and new not in seen:
            seen.add(new)
            new = direct[new]
        replaced[old] = new
    return {old: new for old, new in replaced.items() if old != new and new in unique}, disputes


def _left_over(unique: Mapping[Key, _Found], replaced: Mapping[Key, Key]) -> Iterator[Problem]:
    """Tell of scripts that are there beside the one that replaces them.

    Empty ones that keep the ids stand below it.
    """
    for old in sorted(replaced.keys() & unique.keys()):
        below, todo = set(), [replaced[old]]
        while todo:
            key = todo.pop()
            if key in unique and key not in below:
                below.add(key)
                todo += [Key(key.tree, id_) for id_ in unique[key].script.down_revision]
        if old not in below:
            yield Problem(
                f"{_place(unique[old])} is replaced by {unique[replaced[old]].script.file}",
                f"remove {unique[old].script.path.name}",
                unique[old].extension.name,
                unique[old].script.path,
            )


def _resolve(
    unique: Mapping[Key, _Found], labels: Mapping[Key, Key], replaced: Mapping[Key, Key]
) -> tuple[dict[Key, Revision], list[Problem]]:
    """Resolve down revisions and dependencies; what leads nowhere is told and left out."""
    problems: list[Problem] = []

    def resolve(one: _Found, ids: Sequence[str], verb: str, names: Mapping[Key, Key]) -> _Ends:
        exact: list[Key] = []
        wholes: list[Key] = []
        for id_ in ids:
            key = Key(one.key.tree, id_)
            key = names.get(key, key)
            whole = replaced.get(key)
            if key in unique:
                exact.append(key)
            if whole and whole not in (one.key, replaced.get(one.key)):
                wholes.append(whole)
            elif key not in unique:
                other = next((each for each in unique.values() if each.key.id == id_), None)
                problems.append(_nowhere(one, verb, id_, other))
        return exact, wholes

    def revision(one: _Found) -> Revision:
        key, script = one.key, one.script
        down, down_wholes = resolve(one, script.down_revision, "revises", {})
        depends, wholes = resolve(one, script.depends_on, "depends on", labels)
        if down:  # an empty script keeps the id that it revises
            wholes += down_wholes
        return Revision(
            key,
            one.extension.name,
            script.file,
            tuple(down or down_wholes),
            tuple(dict.fromkeys(depends + wholes)) if depends or wholes else (),
            script.branch_labels,
            script.doc,
            script.created,
            script.computed,
            tuple(Key(key.tree, id_) for id_ in script.replaces) if script.replaces else (),
            frozenset(wholes + down_wholes).difference(down, depends)
            if wholes or down_wholes
            else frozenset(),
        )

    return {key: revision(one) for key, one in unique.items()}, problems


def _nowhere(one: _Found, verb: str, id_: str, other: _Found | None) -> Problem:
    """Return what is wrong with a script that asks for one of nobody, or of another tree."""
    why = "which no installed extension has"
    hint = f"install the extension that has {id_!r}, or correct the script"
    if other:
        why = f"which {other.extension.name} has in another version table, {other.key.tree}"
        hint = f"name one version_table for both, or write requires = [{other.extension.name!r}]"
    message = f"{_place(one)} {verb} {id_!r}, {why}"
    return Problem(message, hint, one.extension.name, one.script.path)


def _without_cycles(graph: RevisionGraph) -> RevisionGraph:
    """Tell each cycle and leave its revisions out, with all that stand on them."""
    kept = {key: each for key, each in graph.revisions.items() if key in graph.ranks}
    waiting = {key: each for key, each in graph.revisions.items() if key not in kept}
    cycles = []
    seen: set[Key] = set()
    for start in waiting:
        cycle = _cycle(waiting, start)
        if seen.isdisjoint(cycle):
            cycles.append(_told_cycle([waiting[key] for key in cycle]))
        seen.update(cycle)
    return replace(
        graph,
        revisions=kept,
        clashes=(*graph.clashes, *cycles),
        circular=tuple(waiting.values()),
    )


def _cycle(waiting: Mapping[Key, Revision], start: Key) -> list[Key]:
    """Return the keys of the cycle that following parents from `start` ends in."""
    path: list[Key] = []
    key = start
    while key not in path:
        path.append(key)
        key = next(parent for parent in waiting[key].parents if parent in waiting)
    return path[path.index(key) :]


def _told_cycle(cycle: Sequence[Revision]) -> Problem:
    first = min(range(len(cycle)), key=lambda place: cycle[place].key)
    turned = [*cycle[first:], *cycle[:first]]
    ids = " -> ".join(revision.id for revision in [*turned, turned[0]])
    files = ", ".join(revision.file for revision in turned)
    return Problem(
        f"the revisions {ids} form a cycle ({files})",
        "correct down_revision or depends_on in one of these scripts",
        turned[0].extension,
        turned[0].path,
        tuple(revision.extension for revision in turned[1:]),
    )


def _place(one: _Found) -> str:
    return f"{one.script.file} ({one.extension.distribution or one.extension.name})"
