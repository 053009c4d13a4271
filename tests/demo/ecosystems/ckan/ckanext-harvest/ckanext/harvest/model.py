"""The models of the extension."""

import sqlalchemy as sa
from ckan.model import Base


class HarvestJob(Base):
    __tablename__ = "harvest_job"

    id = sa.Column(sa.Integer, primary_key=True)
    package_id = sa.Column(sa.Integer, sa.ForeignKey("package.id"))
    state = sa.Column(sa.String(20))
