"""What all modules share."""

from invenio_db.shared import db

__all__ = ["db"]
