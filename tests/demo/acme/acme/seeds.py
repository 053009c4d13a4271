"""The first rows of acme."""

from acme.models import Category, Product, Supplier
from sqlalchemy import select, text

CODES = {"MUG-1": "Mug", "HAT-1": "Hat"}


def first_rows(session):
    """Put in what every shop begins with, as far as it is missing."""
    supplier = session.scalars(select(Supplier).filter_by(name="Acme")).first()
    if supplier is None:
        supplier = Supplier(name="Acme")
        session.add(supplier)
    general = session.scalars(select(Category).filter_by(title="General")).first()
    if general is None:
        general = Category(title="General")
        session.add(general)
    for code, name in CODES.items():
        if session.scalars(select(Product.id).filter_by(code=code)).first() is None:
            product = Product(code=code, name=name, category=general, supplier=supplier)
            product.price = text("5")  # SQLite has no decimals, of which SQLAlchemy warns
            session.add(product)
