"""Every command as a method: results are returned, nothing is printed and nothing is asked.

One class for each panel of `dbman --help`; a new command goes into the file of its panel.
"""

from __future__ import annotations

from dbman.manager.authoring import AuthoringCommands
from dbman.manager.database import DatabaseCommands
from dbman.manager.revisions import RevisionCommands
from dbman.manager.trust import TrustCommands


class Manager(DatabaseCommands, RevisionCommands, AuthoringCommands, TrustCommands):
    """Manage one database of the installed extensions.

    Settings are read as the command line reads them; every setting can be given by name and wins::

        manager = Manager(url="sqlite:///acme.db")
        manager.initdb()
        assert manager.checkdb().at_head
    """
