"""One MetaData, one naming convention, one declarative base a module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMING)


class ModuleBase:
    """What every module's base shares; carries the id of the module that owns the tables."""

    module_id: ClassVar[str]

    def __init_subclass__(cls, **kw: Any) -> None:
        name = cls.__dict__.get("__tablename__")
        if name is not None:
            if not name.startswith(f"{cls.module_id}_"):
                raise TypeError(f"table {name} of module {cls.module_id} must be called {cls.module_id}_…")
            _own(cls)
        super().__init_subclass__(**kw)


def _own(cls: type[ModuleBase]) -> None:
    """Put the owner's id into ``table.info``, whatever form the class's table arguments have."""
    arguments = cls.__dict__.get("__table_args__", ())
    if isinstance(arguments, dict):
        positional: tuple[Any, ...] = ()
        options = dict(arguments)
    else:
        positional = tuple(a for a in arguments if not isinstance(a, dict))
        options = dict(next((a for a in arguments if isinstance(a, dict)), {}))
    options.setdefault("info", {})["module"] = cls.module_id
    cls.__table_args__ = (*positional, options)  # type: ignore[attr-defined]


def module_base(module_id: str) -> Any:
    """A declarative base for the tables of one module.

    Each inherits from DeclarativeBase at first hand and so has a registry of its own: one module's bad mapping cannot poison the
    queries of the others.
    """
    name = f"{module_id.title().replace('_', '')}Base"
    return type(
        name, (ModuleBase, DeclarativeBase), {"__module__": __name__, "module_id": module_id, "metadata": metadata}
    )


class ForeignTableError(TypeError):
    """A module defines a table under the name of another."""


def check_models(package: str, module_id: str) -> None:
    """Every table that ``package`` defines is ``module_id``'s own, and its mappings fit together.

    ForeignTableError, or what SQLAlchemy says of a mapping.
    """
    bases: list[Any] = ModuleBase.__subclasses__()
    for base in bases:
        own = [m.class_ for m in base.registry.mappers if f"{m.class_.__module__}.".startswith(f"{package}.")]
        if own and base.module_id != module_id:
            raise ForeignTableError(f"{own[0].__name__} of {package} is a table of {base.module_id}")
        if own:
            base.registry.configure()


def compared_with(owner: str, engine: str) -> Callable[..., bool]:
    """What alembic compares (its ``include_object``): tables of ``owner``; an index that is for one engine alone, there alone.

    Such an index says so by ``info={"engine": …}``.
    """

    def is_compared(found: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        if kind == "index":
            return bool(found.info.get("engine", engine) == engine)
        return kind != "table" or bool(name and name.startswith(f"{owner}_"))

    return is_compared
