"""How often records are seen; their table is made by the scripts of the records."""

import sqlalchemy as sa
from invenio_db import db


class Usage(db.Model):
    __tablename__ = "usage_events"

    id = sa.Column(sa.Integer, primary_key=True)
    record_id = sa.Column(sa.Integer, sa.ForeignKey("rdm_records_metadata.id"))
