"""Classes made by `batch.core.quick_dataclass` can do what those of the standard library can, and nothing else."""

import copy
import dataclasses
import inspect
import pickle
import typing
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from batch.core import quick_dataclass

Make = Callable[..., Any]
MAKES: dict[str, Make] = {
    "the library's": dataclasses.dataclass,
    "ours": typing.cast("Make", quick_dataclass.dataclass),
}
HOWS: dict[str, dict[str, bool]] = {
    "plain": {},
    "frozen": {"frozen": True},
    "slots": {"slots": True},
    "frozen, with slots": {"frozen": True, "slots": True},
    "frozen, with slots, by name": {"frozen": True, "slots": True, "kw_only": True},
    "frozen, without methods": {"frozen": True, "init": False, "repr": False, "eq": False},
}


def _classes(make: Make, how: dict[str, bool]) -> dict[str, Any]:
    """The same classes, by one of the two."""

    @make(**how)
    class Nothing:
        pass

    @make(**how)
    class One:
        only: int

    @make(**how)
    class Point:
        """A class with words of its own."""

        x: int
        y: "int" = 2
        names: list[str] = dataclasses.field(default_factory=list, repr=False)
        hidden: str = dataclasses.field(default="", compare=False)
        last: int = dataclasses.field(default=0, kw_only=True)

        @property
        def sum(self) -> int:
            return self.x + self.y

    @make(**how)
    class Worked:
        x: int
        twice: int = dataclasses.field(init=False, repr=False)
        made: list[int] = dataclasses.field(init=False, default_factory=list)

        def __post_init__(self) -> None:
            object.__setattr__(self, "twice", 2 * self.x)

    @make(**how)
    class Own:
        x: int

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 7

    @make(**how)
    class Younger(Point):
        z: int = 3

    return {each.__name__: each for each in (Nothing, One, Point, Worked, Own, Younger)}


def _seen(act: Callable[..., object], *arguments: Any, **by_name: Any) -> object:
    """What comes of it, in a form that does not tell who made the class."""
    try:
        return act(*arguments, **by_name)
    except Exception as error:  # noqa: BLE001 - both have to raise the same
        return type(error), str(error) if isinstance(error, dataclasses.FrozenInstanceError) else ""


ARGUMENTS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((), {}),
    ((1,), {}),
    ((1, 2), {}),
    ((), {"x": 1}),
    ((), {"only": 1}),
    ((), {"x": 1, "y": 5, "names": ["a"], "hidden": "h", "last": 9}),
    ((1, 2, [], "h", 5), {}),
    ((1,), {"unknown": 1}),
]


def _of_class(cls: Any) -> Iterator[object]:
    yield cls.__doc__ if cls.__name__ == "Point" else ""
    yield getattr(cls, "__match_args__", None), getattr(cls, "__slots__", None)
    yield [(each.name, each.init, each.repr, each.compare, each.kw_only) for each in dataclasses.fields(cls)]
    if "__init__" in vars(cls):
        yield typing.get_type_hints(cls.__init__)
        yield list(inspect.signature(cls).parameters)
    instances = [_seen(cls, *given, **by_name) for given, by_name in ARGUMENTS]
    for one in instances:
        if isinstance(one, tuple):  # it was refused
            yield one
            continue
        others = (copy.copy(one), *instances, 1)
        yield repr(one) if type(one).__repr__ is not object.__repr__ else ""
        yield [one == other for other in others] if type(one).__eq__ is not object.__eq__ else ""
        yield _seen(hash, one) if type(one).__hash__ is not object.__hash__ else ""
        yield _seen(dataclasses.asdict, one)
        yield repr(_seen(dataclasses.replace, one, x=3)) if "__repr__" in vars(cls) else ""
        yield _seen(getattr, one, "sum") if "x" in dir(one) else ""
        spoilt = copy.deepcopy(one)
        for each in dataclasses.fields(cls):
            yield _seen(setattr, spoilt, each.name, 5), _seen(getattr, spoilt, each.name)
            yield _seen(delattr, spoilt, each.name), _seen(getattr, spoilt, each.name)


@pytest.mark.parametrize("how", HOWS.values(), ids=HOWS)
def test_both_are_alike(how: dict[str, bool]) -> None:
    the_library_s, ours = (_classes(make, how) for make in MAKES.values())
    for name, cls in ours.items():
        assert [*_of_class(cls)] == [*_of_class(the_library_s[name])], name


@quick_dataclass.dataclass(frozen=True, slots=True)
class Kept:
    """One that is handed to another process."""

    x: int
    names: list[str] = dataclasses.field(default_factory=list)


def test_one_is_handed_on_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(Kept(1, ["a"]))) == Kept(1, ["a"])  # noqa: S301 - our own


def test_no_two_share_what_is_made_for_each() -> None:
    one, other = Kept(1), Kept(1)
    assert one.names is not other.names
