"""The standard library's `dataclass`, in a fifth of the time that it takes to make a class.

A small command makes 170 of them, each anew. The standard library compiles six functions for each; here one is
compiled, and the others are the same for all. What a class can do is the same: `tests/core/test_quick_dataclass.py`
holds each of them beside the standard library's.
"""

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from dataclasses import dataclass as of_the_library
from operator import attrgetter
from reprlib import recursive_repr
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["dataclass"]

T = TypeVar("T")

#: What an argument is whose value is made anew for each instance.
_MADE = object()


def _quick(
    *,
    frozen: bool = False,
    slots: bool = False,
    kw_only: bool = False,
    init: bool = True,
    repr: bool = True,  # noqa: A002 - the library's names
    eq: bool = True,
) -> Callable[[type[T]], type[T]]:
    def make(cls: type[T]) -> type[T]:
        doc, own = cls.__doc__, dict(vars(cls))
        cls.__doc__ = doc or "-"  # else the library makes one, by asking for a signature
        made = of_the_library(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)(cls)
        made.__doc__ = doc
        all_fields = fields(made)  # type: ignore[arg-type] # it is one by now
        methods: dict[str, Any] = {}
        if init:
            methods["__init__"] = _init(made, all_fields, frozen=frozen)
        if repr:
            methods["__repr__"] = _repr
        if eq:
            methods["__eq__"], hashed = _compared([each.name for each in all_fields if each.compare])
            has_hash = own.get("__hash__") is not None or ("__hash__" in own and "__eq__" not in own)
            methods |= {} if has_hash else {"__hash__": hashed if frozen else None}
        if frozen:
            methods |= {"__setattr__": _no_setting, "__delattr__": _no_deleting}
            if slots:
                methods |= {"__getstate__": _state, "__setstate__": _set_state}
        for name, method in methods.items():
            if name not in own or name == "__hash__":
                setattr(made, name, method)
        return made

    return make


if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls: type | None = None, /, **how: bool) -> object:
        return _quick(**how) if cls is None else _quick(**how)(cls)


def _init(cls: type, all_fields: tuple[Field[Any], ...], *, frozen: bool) -> Callable[..., None]:
    """The one function that is compiled: its arguments are the fields."""
    known: dict[str, object] = {"_set": object.__setattr__, "_made": _MADE}
    arguments: list[str] = []
    by_name: list[str] = []
    lines: list[str] = []
    for each in all_fields:
        name, argument, value = each.name, each.name, each.name
        if each.default is not MISSING:
            known[f"_default_{name}"] = each.default
            argument = f"{name}=_default_{name}"
        elif each.default_factory is not MISSING:
            known[f"_make_{name}"] = each.default_factory
            argument = f"{name}=_made"
            value = f"_make_{name}() if {name} is _made else {name}"
        if each.init:
            (by_name if each.kw_only else arguments).append(argument)
        elif argument == name:
            continue  # it is set later
        else:
            value = f"_make_{name}()" if f"_make_{name}" in known else f"_default_{name}"
        if frozen and isinstance(slot := getattr(cls, name, None), MemberDescriptorType):
            # A third of what `object.__setattr__` takes, which looks the slot up by its name each time.
            known[f"_set_{name}"] = slot.__set__
            lines.append(f"  _set_{name}(self, {value})")
        else:
            lines.append(f"  _set(self, {name!r}, {value})" if frozen else f"  self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("  self.__post_init__()")
    arguments = ["self", *arguments, *(["*", *by_name] if by_name else [])]
    body = "\n".join(lines) or "  pass"
    text = f"def make({', '.join(known)}):\n def __init__({', '.join(arguments)}):\n{body}\n return __init__"
    namespace: dict[str, Any] = {}
    exec(text, {}, namespace)  # noqa: S102 - as the library does: names of fields, no values
    made: Callable[..., None] = namespace["make"](**known)
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    made.__annotations__ = {each.name: each.type for each in all_fields if each.init} | {"return": None}
    return made


@recursive_repr()
def _repr(self: Any) -> str:
    shown = (f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _compared(names: list[str]) -> tuple[Callable[[Any, object], bool], Callable[[Any], int]]:
    """Whether two are equal, and their hash, by the fields of these names."""
    values: Callable[[Any], object] = attrgetter(*names) if names else lambda _: ()
    is_one = len(names) == 1  # which `attrgetter` gives bare

    def eq(self: Any, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: Any) -> int:
        return hash((values(self),) if is_one else values(self))

    return eq, hashed


def _no_setting(_self: object, name: str, _value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _no_deleting(_self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:
    return [getattr(self, each.name) for each in fields(self)]


def _set_state(self: Any, state: list[object]) -> None:
    for each, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)
