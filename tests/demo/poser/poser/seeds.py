"""The first rows of poser."""

from acme.models import Product
from poser.models import Widget
from sqlalchemy import insert, select


def a_widget_for_each_product(connection):
    """Show every product that no mannequin shows yet."""
    shown = select(Widget.product_id)
    missing = select(Product.id).where(Product.id.not_in(shown))
    for (product,) in connection.execute(missing).fetchall():
        row = {"product_id": product, "stance": "upright"}
        connection.execute(insert(Widget.__table__).values(**row))
