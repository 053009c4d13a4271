"""Write all files of a project, or none of them."""

from __future__ import annotations

from collections.abc import Iterable

from dbman.files import changing_files
from dbman.scaffold.results import ScaffoldFile


def write_files(files: Iterable[ScaffoldFile]) -> None:
    """Write what is to be made and edited; if that fails, everything is as it was before.

    Raises `UsageError` where a file cannot be written, or has come to be there meanwhile.
    """
    with changing_files("nothing was written; --path DIR names another place") as changes:
        for file in files:
            if file.change == "made":
                changes.make(file.path, file.text)
            elif file.change == "edited":
                changes.replace(file.path, file.text.encode())
