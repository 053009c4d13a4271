"""How the documentation is built: `scripts/docs`."""

from __future__ import annotations

import logging

from dbman import __version__

# accessible-pygments, which furo needs, does this with INFO for the whole process when it is
# imported, and prints what Alembic says of its plug-ins then. The first call counts.
logging.basicConfig(level=logging.WARNING)

project = "dbman"
release = version = __version__
copyright = "the dbman contributors"  # noqa: A001 - Sphinx's name

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
exclude_patterns = ["build"]

html_theme = "furo"
html_title = "dbman"
html_show_sourcelink = False
html_show_sphinx = False
html_copy_source = False

myst_enable_extensions = ["attrs_inline", "colon_fence"]
myst_heading_anchors = 4
copybutton_prompt_text = r"\$ |> "
copybutton_prompt_is_regexp = True

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
