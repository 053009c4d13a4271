"""What a move will do, step by step: computed from the graph and the applied set, never by Alembic.

Targets are widened over down revisions, dependencies and implied edges; a downgrade takes along
what stands on the revisions that it undoes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from dbman.order import sort_plan
from dbman.revisions import Key, Revision, RevisionGraph

if TYPE_CHECKING:
    from dbman.implied import Implied

Direction = Literal["up", "down"]


class Step(NamedTuple):
    """One revision to apply or to undo."""

    revision: Revision
    """The revision."""
    direction: Direction
    """Whether it is applied ("up") or undone ("down")."""
    reason: str = ""
    """Why it is there when the target did not name its extension, else empty."""


class Plan(NamedTuple):
    """The steps of one move, in order."""

    steps: tuple[Step, ...] = ()
    """What runs, in this order."""
    aside: Mapping[str, str] | None = None
    """Extensions that are left aside, and why."""
    notes: tuple[str, ...] = ()
    """Lines worth telling before it runs."""

    @property
    def extensions(self) -> tuple[str, ...]:
        """Return the extensions that it touches, in order of their first step."""
        return tuple(dict.fromkeys(step.revision.extension for step in self.steps))

    @property
    def taken_along(self) -> tuple[str, ...]:
        """Return the extensions of steps that no target named."""
        named = {step.revision.extension for step in self.steps if not step.reason}
        return tuple(name for name in self.extensions if name not in named)


def plan_upgrade(
    graph: RevisionGraph,
    goals: Collection[Key],
    applied: Collection[Key],
    implied: Implied,
    levels: Mapping[str, int],
    aside: Mapping[str, str] | None = None,
) -> Plan:
    """Return the steps that apply `goals` and all that they need and that is not applied.

    `aside` maps extensions that must not move to the reason; what stands on their revisions that
    are not applied is left aside with them.
    """
    given = dict(aside or {})
    blocked = _blocked(graph, applied, implied, given)
    wanted = [key for key in goals if key not in blocked]
    reasons = _widen(
        wanted,
        lambda key: [
            *((parent, _needed_by(graph, key)) for parent in graph.revisions[key].parents),
            *(
                (edge.before, f"implied by table {edge.table}")
                for edge in implied.into.get(key, ())
                if edge.before not in blocked
            ),
        ],
        set(graph.revisions) - set(applied),
    )
    steps = sort_plan(graph, reasons.keys(), implied, levels)
    dependents = {graph.revisions[key].extension: why for key, why in blocked.items()}
    asked = _asked(graph, goals, graph.ancestors(goals))
    return Plan(_steps(steps, "up", reasons, asked), {**dependents, **given})


def plan_downgrade(
    graph: RevisionGraph,
    gone: Collection[Key],
    applied: Collection[Key],
    implied: Implied,
    levels: Mapping[str, int],
) -> Plan:
    """Return the steps that undo `gone` and everything applied that stands on it."""
    reasons = _widen(
        gone,
        lambda key: [
            *((child, _stands_on(graph, key)) for child in graph.children.get(key, ())),
            *(
                (edge.after, f"implied by table {edge.table}")
                for edge in implied.out_of.get(key, ())
                if edge.needed
            ),
        ],
        applied,
    )
    steps = reversed(sort_plan(graph, reasons.keys(), implied, levels))
    return Plan(_steps(steps, "down", reasons, _asked(graph, gone, graph.descendants(gone))))


def _asked(graph: RevisionGraph, targets: Iterable[Key], declared: Iterable[Key]) -> set[Key]:
    """Return what declared edges reach inside the extensions that targets name."""
    named = {graph.revisions[key].extension for key in targets}
    return {key for key in declared if graph.revisions[key].extension in named}


def _needed_by(graph: RevisionGraph, key: Key) -> str:
    return f"needed by {graph.revisions[key].extension} {key.id}"


def _stands_on(graph: RevisionGraph, key: Key) -> str:
    return f"stands on {graph.revisions[key].extension} {key.id}"


def _widen(
    start: Iterable[Key],
    neighbours: Callable[[Key], Iterable[tuple[Key, str]]],
    within: Collection[Key],
) -> dict[Key, str]:
    """Return all keys reachable inside `within`, each with the reason it was reached first."""
    reasons: dict[Key, str] = {}
    todo = [(key, "") for key in start]
    while todo:
        following: list[tuple[Key, str]] = []
        for key, reason in todo:
            if key in within and key not in reasons:
                reasons[key] = reason
                following += neighbours(key)
        todo = following
    return reasons


def _blocked(
    graph: RevisionGraph, applied: Collection[Key], implied: Implied, aside: Mapping[str, str]
) -> dict[Key, str]:
    """Return the revisions that cannot be applied because an extension is left aside, and why."""
    blocked: dict[Key, str] = {}
    start = [
        (key, why) for name, why in aside.items() for key in graph.of(name) if key not in applied
    ]
    todo = sorted(start)
    while todo:
        key, why = todo.pop()
        if key in applied or key in blocked:
            continue
        blocked[key] = why
        name = graph.revisions[key].extension
        waits = [*graph.children.get(key, ())]
        waits += [edge.after for edge in implied.out_of.get(key, ()) if edge.needed]
        todo += [
            (child, why if graph.revisions[child].extension == name else f"it needs {name}")
            for child in waits
        ]
    return blocked


def _steps(
    revisions: Iterable[Revision],
    direction: Direction,
    reasons: Mapping[Key, str],
    asked: Collection[Key],
) -> tuple[Step, ...]:
    return tuple(
        Step(revision, direction, "" if revision.key in asked else reasons[revision.key])
        for revision in revisions
    )


def require_sound(graph: RevisionGraph, names: Iterable[str], skip: Collection[str] = ()) -> None:
    """Raise the error of the first problem among these extensions; the hint names `--skip`.

    Raises:
        ScriptError: ids or labels are used twice, or there is a cycle.
        InvalidError: a script or extension that is needed is broken.
    """
    graph.require_unambiguous()
    wanted = set(names) - set(skip)
    for problem in graph.problems:
        if problem.extension in wanted:
            error = problem.error()
            error.hint = or_skip(problem.hint, str(problem.extension))
            raise error


def or_skip(hint: str | None, name: str) -> str:
    """Return a hint with the other way out, which is to leave an extension aside."""
    if hint and "--skip " in hint:
        return hint
    return f"{hint or 'mend it'}; or leave it aside with --skip {name}"
