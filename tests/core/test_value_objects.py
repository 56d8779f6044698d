"""Rows that are made in great numbers."""

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from typing import ClassVar

import pytest

from connector.core.value_objects import maker_of, value_object


@value_object
class Print:
    """A row as the exchange makes them."""

    price: int
    lots: int = 1
    tags: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Frozen:
    """A row that goes to whoever listens."""

    kind: ClassVar[str] = "frozen"

    price: int
    lots: int = 1
    tags: tuple[str, ...] = ()


def test_rows_of_the_same_fields_are_the_same_value() -> None:
    assert Print(7) == Print(price=7, lots=1)
    assert Print(7) != Print(8)
    assert {Print(7): "here"}[Print(7)] == "here"


def test_a_row_changes_by_a_copy_alone() -> None:
    row = Print(7)
    assert replace(row, lots=3) == Print(7, 3)
    assert row == Print(7)
    assert [each.name for each in fields(row)] == ["price", "lots", "tags"]


def test_a_row_has_no_room_for_other_names() -> None:
    with pytest.raises(AttributeError):
        Print(7).note = "x"  # type: ignore[attr-defined]


def test_a_row_is_copied_and_pickled_whole() -> None:
    row = Print(7, 2, ("a",))
    assert copy.deepcopy(row) == row
    assert pickle.loads(pickle.dumps(row)) == row


def test_a_maker_makes_rows_of_a_frozen_class_that_are_frozen() -> None:
    made = maker_of(Frozen)(7, tags=("a",))
    assert made == Frozen(7, 1, ("a",))
    assert (type(made), repr(made), hash(made)) == (Frozen, repr(Frozen(7, 1, ("a",))), hash(Frozen(7, 1, ("a",))))
    with pytest.raises(FrozenInstanceError):
        made.price = 8  # type: ignore[misc]
    with pytest.raises(TypeError):
        maker_of(Frozen)()  # type: ignore[call-arg]
