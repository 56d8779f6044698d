"""A grid: what one line bought, the next one sells."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from connector.strategies.grid_perpetual import Settings, State, begin, decide, first_quotes, lines
from tests.companions.strategies.rehearsal import Rehearsal
from tests.companions.strategies.scene import (
    BUY,
    SELL,
    D,
    cancelled,
    come_true,
    long_of,
    moment,
    orders_of,
    own,
    short_of,
    shown,
)


def chosen(**written: object) -> Settings:
    keys = {"strategy": "grid_perpetual", "market": "BTC-USDT", "leverage": 5, "order_amount": "0.01"}
    grid = {"grid_low": "59800", "grid_high": "60200", "grid_lines": "5"}
    return Settings.model_validate({**keys, **grid, **written})


def test_lines_lie_the_same_distance_or_the_same_share_apart() -> None:
    assert lines(chosen()) == (59_800, 59_900, 60_000, 60_100, 60_200)
    shares = lines(chosen(grid_low="100", grid_high="400", grid_lines="3", is_geometric="true"))
    assert [price.quantize(D("0.0001")) for price in shares] == [100, 200, 400]


def test_each_line_but_the_nearest_has_its_order() -> None:
    intents, state = decide(chosen(), begin(chosen()), moment())
    assert sorted(shown(orders_of(intents))) == [
        ("BUY", "59800", "0.01"), ("BUY", "59900", "0.01"), ("SELL", "60100", "0.01"), ("SELL", "60200", "0.01"),
    ]  # fmt: skip
    assert state == State(2)
    assert decide(chosen(), state, come_true(moment(), intents))[0] == ()


def test_a_filled_buy_is_sold_one_line_higher() -> None:
    resting = (own(BUY, "59800", name="a"), own(SELL, "60100", name="b"), own(SELL, "60200", name="c"))
    view = moment(best_bid=D("59899.9"), best_ask=D("59900.1"), orders=resting, positions=(long_of("0.01"),))
    intents, _ = decide(chosen(), State(2), view)
    assert shown(orders_of(intents)) == [("SELL", "60000", "0.01")]
    assert cancelled(intents) == []


def test_a_line_counts_once_it_is_filled_to_the_end_and_its_remainder_stays() -> None:
    resting = (
        own(BUY, "59800", name="a"), own(BUY, "59900", "0.006", name="part"), own(SELL, "60100", name="b"),
        own(SELL, "60200", name="c"),
    )  # fmt: skip
    view = moment(orders=resting, positions=(long_of("0.004"),))
    assert decide(chosen(), State(2), view)[0] == ()
    sold = (own(BUY, "59800", name="a"), own(BUY, "59900", name="d"), own(SELL, "60000", "0.006", name="part"),
            own(SELL, "60100", name="b"), own(SELL, "60200", name="c"))  # fmt: skip
    view = moment(best_bid=D("59999.9"), best_ask=D(60_000), orders=sold, positions=(long_of("0.006"),))
    assert cancelled(decide(chosen(), State(2), view)[0]) == []


def test_a_start_with_a_position_holds_it_as_it_is() -> None:
    intents, state = decide(chosen(), begin(chosen()), moment(positions=(short_of("0.02"),)))
    assert state == State(0)
    assert len(orders_of(intents)) == 4, "around the nearest line, as without one"


def test_beyond_the_grid_nothing_more_is_placed() -> None:
    far = moment(best_bid=D(59_000), best_ask=D("59000.1"), positions=(long_of("0.02"),))
    intents, _ = decide(chosen(), State(2), far)
    assert all(order.trade_type is SELL for order in orders_of(intents))


@pytest.mark.parametrize("wrong", [{"grid_high": "59800"}, {"grid_lines": "2"}, {"position_mode": "Hedge"}])
def test_what_is_no_grid_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        chosen(**wrong)


def test_the_quotes_of_a_start_are_those_of_all_lines_but_one() -> None:
    assert [quote.price for quote in first_quotes(chosen(), Decimal(60_000))] == [59_800, 59_900, 60_100, 60_200]


@given(st.data())
@hypothesis_settings(max_examples=25, deadline=None)
def test_in_a_rehearsal_the_position_never_passes_the_lines(data: st.DataObject) -> None:
    own_settings, venue = chosen(), Rehearsal(is_hedge=False)
    state = begin(own_settings)
    for _ in range(25):
        intents, state = decide(own_settings, state, venue.view())
        venue.ask_for(intents)
        venue.work(99, D(1))
        venue.move(venue.bid + 10 * data.draw(st.integers(-12, 12)), D(1), 500)
        venue.report(99, 99)
        assert abs(venue.long.amount) <= own_settings.order_amount * own_settings.grid_lines
    assert venue.self_trades == []
