"""What dbman is told about acme."""

from acme.models import Base
from acme.seeds import first_rows
from dbman import Extension

extension = Extension(
    metadata=Base.metadata, versions="acme:migrations", prefix="", seed=first_rows
)
