"""The models of the extension."""

import sqlalchemy as sa
from ckan.model import Base


class Page(Base):
    __tablename__ = "pages_page"

    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(80), nullable=False)
    lang = sa.Column(sa.String(5))
