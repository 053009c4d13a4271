"""Whether models look as if they could not be imported, told from their source alone.

To import the models of all extensions takes longer than all else that `status` does (0.6 of its
0.9 s for ten extensions, 2.4 of 3 s for fifty). What is most often wrong with them shows in the
source: a module or a name that is not there, or what is no Python. Nothing here is a verdict: who
has a suspicion imports them, and tells what that says.
"""

from __future__ import annotations

import re
import sys
import warnings
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
        self._texts: dict[str, tuple[Path | None, str | None]] = {}

    def may_be_imported(self, value: str) -> bool:
        """Return whether nothing speaks against importing ``module:name``."""
        module, _, name = value.partition(":")
        if not self._has(module, name.partition(".")[0]):
            return False
        todo = [module]
        while todo:
            module = todo.pop()
            if module.partition(".")[0] not in self._own:
                if not self._is_there(module.partition(".")[0]):
                    return False
            elif module not in self._followed:
                self._followed.add(module)
                file, text = self._source(module)
                if file is None or text is None or not _is_python(text, file):
                    return False
                todo += [*_packages_above(module), *self._imported(text, module, file)]
        return True

    def _imported(self, text: str, module: str, file: Path) -> Iterator[str]:
        """Yield the modules that the text of a module imports whenever it is imported itself.

        A name that its module does not have can only be a module, there or not.
        """
        for dots, origin, names, plain in _IMPORT.findall(text):
            if plain:
                yield from (each.split()[0] for each in plain.split(",") if each.strip())
                continue
            start = ".".join([*_base(module, file, len(dots)), *filter(None, [origin])])
            yield start
            if start.partition(".")[0] in self._own:  # where a name may be a module, too
                for name in _names(names):
                    if not self._has(start, name) or module_file(f"{start}.{name}"):
                        yield f"{start}.{name}"

    def _has(self, module: str, name: str) -> bool:
        """Return whether a module may have a name: it stands in its text, or others may make it."""
        _, text = self._source(module)
        return text is not None and any(
            each in text for each in (name, "import *", "__getattr__", "globals(")
        )

    def _source(self, module: str) -> tuple[Path | None, str | None]:
        """Return the file of a module and its text."""
        if module not in self._texts:
            file = module_file(module)
            self._texts[module] = file, _text(file)
        return self._texts[module]

    def _is_there(self, name: str) -> bool:
        """Return whether a top-level module is there: part of Python, loaded, or on the path."""
        if name not in self._there:
            known = name in sys.stdlib_module_names or name in sys.modules
            self._there[name] = known or find_top_level(name) is not None
        return self._there[name]


def _names(imported: str) -> Iterator[str]:
    """Yield the names of ``a as b, c`` or ``(a, c)``, in which lines may end with comments."""
    words = re.sub(r"#[^\n]*|[()\\]", "", imported).partition(";")[0].split(",")
    yield from (each.split()[0] for each in words if each.strip() not in ("", "*"))


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


def _is_python(text: str, file: Path) -> bool:
    """Return whether Python can compile a module; what it warns of is not told here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, file, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):  # ValueError: a null byte
            return False
    return True


def _text(file: Path | None) -> str | None:
    """Return the text of a file, None where there is none to read."""
    try:
        return file.read_text("utf-8").removeprefix("\ufeff") if file else None
    except (OSError, UnicodeDecodeError):
        return None
