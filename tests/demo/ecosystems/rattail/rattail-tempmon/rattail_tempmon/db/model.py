"""The models of the extension."""

import sqlalchemy as sa
from rattail.db.model import Base


class Client(Base):
    __tablename__ = "tempmon_client"

    uuid = sa.Column(sa.String(32), primary_key=True)
    person_uuid = sa.Column(sa.String(32), sa.ForeignKey("person.uuid"))
