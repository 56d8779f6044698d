import importlib
import inspect
import pkgutil
from dataclasses import is_dataclass
from hashlib import sha256
from typing import Any

import pytest

from connector import simulator
from connector.simulator.persistence.state_tags import BY_KIND, BY_TAG, ENUM_TAGS, FUNCTION_TAGS, FUNCTIONS, ROWS

#: Rooms of which a state is made, and what in them only passes by.
ROOMS = ("accounts", "market", "matching", "risk")
PASSING = {
    "Admitted", "Backing", "BadTable", "Charge", "Claim", "Close", "CommandTap", "DrillCommands", "Fee", "Held",
    "InstrumentList", "IsolatedFill", "LaggingCopy", "Lots", "Market", "Match", "Pool", "Prices", "Ranked", "Realised",
    "Session", "Terms", "Turn", "Unusable", "_DryRun", "_Ranked", "_Surplus",
}  # fmt: skip


def classes() -> list[type[Any]]:
    found = []
    for room in ROOMS:
        package = importlib.import_module(f"{simulator.__name__}.{room}")
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            found_in = vars(importlib.import_module(module.name)).values()
            found += [each for each in found_in if inspect.isclass(each) and each.__module__ == module.name]
    return found


def test_every_class_that_lasts_has_a_tag() -> None:
    tagged = {*BY_KIND, *ENUM_TAGS}
    assert [kind.__name__ for kind in classes() if kind not in tagged and kind.__name__ not in PASSING] == []


def test_a_tag_and_a_name_mean_one_thing() -> None:
    assert len(BY_TAG) == len(BY_KIND) == len(ROWS)
    assert len(FUNCTION_TAGS) == len(FUNCTIONS)
    for row in ROWS:
        assert len(row.names) == len(row.attributes)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.tag)
def test_a_row_names_attributes_that_its_class_has(row: Any) -> None:
    """What a class without slots has is seen when one is saved."""
    assert row.attributes
    if is_dataclass(row.kind) or "__slots__" in vars(row.kind):
        assert all(hasattr(row.kind, attribute) for attribute in row.attributes.values())


def test_words_in_files_stay_as_they_are() -> None:
    """A class or an attribute that is renamed keeps its word: its row says so, and this sum stays.

    It changes with a field or a class that is new (a field needs a default, or another format); of words that were
    there before none may go.
    """
    words = [f"{row.tag} {' '.join(row.attributes)}" for row in ROWS]
    words += [f"{tag} {' '.join(each.name for each in kind)}" for kind, tag in ENUM_TAGS.items()]
    assert (
        sha256("\n".join(sorted(words)).encode()).hexdigest()
        == "59b637d190917b08a73206de063d5e76933a1d509eca1d3ab48614f7f1eb5889"
    )
