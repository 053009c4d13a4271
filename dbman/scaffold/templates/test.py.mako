"""The models of ${project.name}."""

from pathlib import Path

% for line in imports:
${line}
% endfor


def test_a_row_comes_back(tmp_path: Path) -> None:
    """The models make tables that take rows."""
    file = tmp_path / "test.sqlite"
    Manager(db=file).createdb()
    engine = create_engine(f"sqlite:///{file}")
    with Session(engine) as session:
        session.add(${design.item}(name="first"))
        session.commit()
        assert session.scalars(select(${design.item}.name)).all() == ["first"]
    engine.dispose()
