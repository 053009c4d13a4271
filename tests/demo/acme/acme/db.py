"""What dbman is told about acme."""

from acme.models import Base
from dbman import Extension

extension = Extension(metadata=Base.metadata, versions="acme:migrations", prefix="")
