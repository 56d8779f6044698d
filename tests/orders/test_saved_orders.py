import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.reports import OrderStatus
from connector.orders.saved_orders import restored, saved
from tests.companions.orders.scenes import fill, intent, report, tracked, tracker

WORDS = st.lists(st.sampled_from(OrderStatus), max_size=6)


@given(words=WORDS, price=st.sampled_from(["100", "0.00001", None]), cut=st.sampled_from([None, "2.5"]))
def test_an_order_survives_json_whatever_befell_it(words: list[OrderStatus], price: str, cut: str) -> None:
    order = tracked(tracker(), wanted=intent(price=price))
    for moment, word in enumerate(words, start=2_000):
        fills = (fill(f"t{moment}", "0.25"),) if word is OrderStatus.PARTIALLY_FILLED else ()
        echo = Decimal(cut) if cut else None
        order.take(report(word, *fills, executed="1", amount=echo, average_price=Decimal("99.95")), moment)
    assert restored(json.loads(json.dumps(saved(order)))) == order


def test_what_is_saved_is_text_alone() -> None:
    order = tracked(tracker())
    order.take(report(OrderStatus.PARTIALLY_FILLED, fill("1")), 3_000)
    state = saved(order)
    (trade,) = state.pop("fills")
    assert {type(value) for value in [*state.values(), *trade.values()]} == {str}


def test_a_damaged_record_is_refused() -> None:
    state = saved(tracked(tracker()))
    with pytest.raises(KeyError):
        restored({**state, "lost": "maybe"})
    del state["symbol"]
    with pytest.raises(KeyError):
        restored(state)
