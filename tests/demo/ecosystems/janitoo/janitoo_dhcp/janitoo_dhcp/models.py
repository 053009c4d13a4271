"""The models of the extension."""

import sqlalchemy as sa


def extend(jntmodel):
    """Add the models to the module of the core's."""

    class Lease(jntmodel.Base):
        __tablename__ = "dhcp_lease"

        id = sa.Column(sa.Integer, primary_key=True)
        user_id = sa.Column(sa.Integer, sa.ForeignKey("jnt_users.id"), nullable=False)
        address = sa.Column(sa.String(40))

    jntmodel.Lease = Lease
