"""Rows whose fields are found in memory: what has other fields is refused by name."""

from dataclasses import dataclass, make_dataclass

import pytest
from connector.core.compiled.row_form import RowForm


def test_a_class_whose_fields_are_no_slots_is_refused() -> None:
    @dataclass
    class Loose:
        amount: int

    with pytest.raises(TypeError, match=r"Loose\.amount is no slot"):
        RowForm(Loose)


def test_a_class_of_too_many_fields_is_refused() -> None:
    wide = make_dataclass("Wide", [f"f{number}" for number in range(49)], slots=True)
    with pytest.raises(TypeError, match="Wide has more than 48 fields"):
        RowForm(wide)
    RowForm(make_dataclass("Fit", [f"f{number}" for number in range(48)], slots=True))
