"""An order's options as one text."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.enums import PriceMatch, SelfTradePrevention, TimeInForce, WorkingType
from connector.core.order_options import PLAIN, OrderOptions, options_of, spelt

PRICES = st.none() | st.decimals(min_value="0.01", max_value="1000000", places=2)
ANY = st.builds(
    OrderOptions,
    time_in_force=st.none() | st.sampled_from(TimeInForce),
    good_till_ms=st.none() | st.integers(1, 10**13),
    price_match=st.none() | st.sampled_from(PriceMatch),
    self_trade_prevention=st.none() | st.sampled_from(SelfTradePrevention),
    trigger_price=PRICES,
    working_type=st.sampled_from(WorkingType),
    price_protect=st.booleans(),
    close_position=st.booleans(),
    activation_price=PRICES,
    callback_rate=PRICES,
)


@given(options=ANY)
def test_what_is_spelt_is_read_back_as_it_was(options: OrderOptions) -> None:
    assert options_of(spelt(options)) == options


def test_an_order_without_options_has_no_text() -> None:
    assert (spelt(PLAIN), spelt(OrderOptions()), options_of("")) == ("", "", PLAIN)


def test_an_amount_keeps_its_digits() -> None:
    assert spelt(OrderOptions(trigger_price=Decimal("59000.10"))) == "trigger_price=59000.10"


@pytest.mark.parametrize("text", ["colour=red", "price_protect=perhaps", "time_in_force=SOON", "callback_rate=x"])
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises((KeyError, ValueError, ArithmeticError)):
        options_of(text)
