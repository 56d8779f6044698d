from collections.abc import Callable

import pytest

from connector.simulator.inputs import BadInput
from connector.simulator.latency import latency_of
from connector.simulator.price_scripts import script_named


@pytest.mark.parametrize("reader", [latency_of, script_named])
def test_whatever_a_person_hands_in_wrongly_is_one_kind_of_mistake(reader: Callable[[str], object]) -> None:
    with pytest.raises(BadInput, match="nonsense"):
        reader("nonsense")
