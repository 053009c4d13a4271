"""Pictures: `graph` draws revisions, `schema` draws tables, each with one file for each form.

What both need is here: `forms` (which one a file's suffix names), `pages`, `colours`,
`labels` and `paths`.
"""
