"""Whether models look as if they could not be imported, told from their source alone.

To import the models of all extensions takes longer than all else that `status` does (0.6 of its
0.9 s for ten extensions, 2.4 of 3 s for fifty). What is most often wrong with them shows in the
source: a module that is not there. Nothing here is a verdict: who has a suspicion imports them,
and tells what that says.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from dbman.extensions import InstalledExtension
from dbman.extensions.locations import find_top_level, module_file

_IMPORT = re.compile(
    r"^(?:from[ \t]+(\.*)([\w.]*)[ \t]+import\b[ \t]*(\([^)]*\)|[^\n]*)|import[ \t]+([^\n#;]+))",
    re.MULTILINE,
)
"""An import that stands at the margin; one in a `try`, an `if` or a function may well fail."""


def are_suspect(extensions: Iterable[InstalledExtension]) -> bool:
    """Return whether importing the models of these extensions may fail, as far as sources show.

    Those that are disabled, skipped or have no models are passed over. Modules are followed as far
    as they lie in the packages of extensions; of other packages only the outermost is looked for.
    """
    wanted = [each for each in extensions if each.value and each.enabled and not each.skipped]
    look = _Look({each.package for each in wanted if each.package})
    return not all(look.may_be_imported(each.value or "") for each in wanted)


class _Look:
    """One look at the sources of some packages, in which no module is read twice."""

    def __init__(self, own: set[str]) -> None:
        self._own = own
        self._followed: set[str] = set()
        self._there: dict[str, bool] = {}

    def may_be_imported(self, value: str) -> bool:
        """Return whether nothing speaks against importing ``module:name``."""
        module, _, name = value.partition(":")
        file = module_file(module)
        text = _text(file)
        if text is None or not (name.partition(".")[0] in text or "import *" in text):
            return False
        todo = [module]
        while todo:
            module = todo.pop()
            if module.partition(".")[0] not in self._own:
                if not self._is_there(module.partition(".")[0]):
                    return False
            elif module not in self._followed:
                self._followed.add(module)
                if (text := _text(file := module_file(module))) is None or file is None:
                    return False
                todo += [*_packages_above(module), *self._imported(text, module, file)]
        return True

    def _imported(self, text: str, module: str, file: Path) -> Iterator[str]:
        """Yield the modules that the text of a module imports whenever it is imported itself."""
        for dots, origin, names, plain in _IMPORT.findall(text):
            if plain:
                yield from (each.split()[0] for each in plain.split(",") if each.strip())
                continue
            start = ".".join([*_base(module, file, len(dots)), *filter(None, [origin])])
            yield start
            if start.partition(".")[0] in self._own:  # where a name may be a module, too
                inner = (f"{start}.{name}" for name in re.findall(r"\w+", names))
                yield from (each for each in inner if module_file(each))

    def _is_there(self, name: str) -> bool:
        """Return whether a top-level module is there: part of Python, loaded, or on the path."""
        if name not in self._there:
            known = name in sys.stdlib_module_names or name in sys.modules
            self._there[name] = known or find_top_level(name) is not None
        return self._there[name]


def _packages_above(module: str) -> Iterator[str]:
    """Yield the packages that are imported before a module; a mere folder runs nothing."""
    while module := module.rpartition(".")[0]:
        if module_file(module):
            yield module


def _base(module: str, file: Path, dots: int) -> list[str]:
    """Return the parts of the package that so many dots before an import mean."""
    parts = module.split(".")
    up = dots - (file.name == "__init__.py")
    return parts[: len(parts) - up] if dots else []


def _text(file: Path | None) -> str | None:
    """Return the text of a file, None where there is none to read."""
    try:
        return file.read_text("utf-8") if file else None
    except (OSError, UnicodeDecodeError):
        return None
