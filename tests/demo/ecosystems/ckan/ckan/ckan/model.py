"""The models of the core."""

import sqlalchemy as sa
from sqlalchemy.orm import declarative_base

metadata = sa.MetaData()
Base = declarative_base(metadata=metadata)


class Package(Base):
    __tablename__ = "package"

    id = sa.Column(sa.Integer, primary_key=True)
    title = sa.Column(sa.String(100))
