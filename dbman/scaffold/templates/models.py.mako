% if design.is_core:
"""The tables of ${project.name}, the core."""
% else:
"""The tables of ${project.name}.

Their names begin with `${design.prefix}`.
% if foundation and design.base:

A foreign key into ${foundation.name} names the column: `ForeignKey("table.id")`.
% elif foundation:

${foundation.name} has a metadata of its own, so a foreign key into it takes the column itself:
`ForeignKey(Model.id)`, with the model imported from there.
% endif
"""
% endif

% for line in imports:
${line}
% endfor
% if not design.base and design.is_classic:

Base = declarative_base()
% elif not design.base:


class Base(DeclarativeBase):
    """What the models of ${project.name} have in common."""
% endif


class ${design.item}(Base):
    """An example: put models of your own in its place."""

    __tablename__ = ${quoted(design.prefix + "item")}

% if design.is_classic:
    id = Column(Integer, primary_key=True)
    name = Column(String(100), nullable=False)
% else:
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
% endif
