"""The database object, as Flask-SQLAlchemy makes one."""

from sqlalchemy.orm import declarative_base


class Database:
    """Holds the base of all models."""

    def __init__(self):
        self.Model = declarative_base()
        self.metadata = self.Model.metadata


db = Database()
