"""What a comparison finds, sorted by owner and told in lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from dbman.autogenerate.comparing import Comparison
from dbman.autogenerate.directives import Remark
from dbman.autogenerate.naming import named, named_copy
from dbman.autogenerate.operations import flat, told
from dbman.drift.leftovers import left_over
from dbman.drift.results import Drift


def drifts(
    comparison: Comparison, names: Collection[str], *, with_strangers: bool
) -> Iterator[Drift]:
    """Yield what differs, owner by owner."""
    differing = defaultdict(list)
    for remark in comparison.remarks:
        differing[comparison.owner_of(remark)].append(remark.text)
    for each in left_over(comparison):
        differing[each.extension].append(each.text)
    copies, models = named_copy(comparison.metadata), comparison.scene.load_models()
    for name in (*comparison.scene.graph.extensions, None):
        if name in names or (name is None and with_strangers):
            written = flat(named(comparison.changes.get(name, ()), copies, models))
            operations = [told(each) for each in written if not isinstance(each, Remark)]
            if operations or differing[name]:
                yield Drift(name, tuple(operations), tuple(dict.fromkeys(differing[name])))
