"""DBM103: the branch label of an extension is not its name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule


class LabelDiffers(Rule):
    """The branch of an extension has a label, but not the name of the extension.

    `dbman upgrade NAME` goes by the name of the entry point, `alembic upgrade LABEL@head` by the
    label: two words for one thing, and the label may be the name of somebody else. An extension
    with several first revisions has one label for each, as it likes (OpenStack's expand and
    contract); where it has a version table to itself, the label is nobody else's business.

    Bad:

    ```python
    revision = "p1"
    down_revision = None
    branch_labels = ("posers",)
    ```

    Good:

    ```python
    revision = "p1"
    down_revision = None
    branch_labels = ("poser",)
    ```

    Add the name to the labels: a revision may have several, and none is kept in any database. What
    the entry point has and a label cannot have is `_` in it: `networking_sfc` for `networking-sfc`.
    """

    code = "DBM103"
    name = "label-differs"
    group = "manners"

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield the labels of each branch that lacks the name of its extension."""
        for extension in case.needing_labels():
            bases = case.bases(extension.name)
            wanted = re.sub(r"\W", "_", extension.name)
            if len(bases) != 1:
                continue
            for each in case.labelled(bases[0]):
                if not {extension.name, wanted}.isdisjoint(case.labels(bases[0])):
                    break
                yield self.finding(
                    case.by_key[each.key],
                    f"the branch of {extension.name} is labelled {', '.join(each.labels)}",
                    at=case.by_key[each.key].place("branch_labels"),
                    hint=f"add {wanted!r}",
                )
