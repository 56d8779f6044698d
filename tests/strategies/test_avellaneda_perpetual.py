"""Avellaneda and Stoikov's quotes: their formulae, their bounds, and a rehearsal."""

from dataclasses import replace
from decimal import Decimal
from math import log

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from connector.strategies.avellaneda_perpetual import (
    Settings,
    State,
    begin,
    book_decay,
    decide,
    half_spread,
    reservation,
    variance_a_second,
)
from connector.strategies.view import DepthLevel, MarketView
from tests.companions.strategies.rehearsal import Rehearsal
from tests.companions.strategies.scene import BUY, NOW_MS, SELL, D, cancelled, long_of, moment, orders_of, own, short_of

BIDS = (DepthLevel(D("59999.9"), D(1)), DepthLevel(D("59990"), D(1)))
ASKS = (DepthLevel(D("60000.1"), D(1)), DepthLevel(D("60010"), D(1)))


def chosen(**written: object) -> Settings:
    keys = {"strategy": "avellaneda_perpetual", "market": "BTC-USDT", "leverage": 5, "order_amount": "0.01"}
    return Settings.model_validate({**keys, "maximum_position": "0.03", **written})


def seen(moves: float, count: int = 30) -> State:
    """So many samples, half a second apart, each as far from the one before."""
    samples = ((NOW_MS - (count - index) * 500, 60_000 + moves * (index % 2)) for index in range(count))
    return State(tuple(samples))


def at(**facts: object) -> MarketView:
    return moment(bids=BIDS, asks=ASKS, **facts)


def prices(view: MarketView, state: State, **written: object) -> dict[str, Decimal]:
    intents, _ = decide(chosen(**written), state, view)
    return {order.trade_type.name: order.price or D(0) for order in orders_of(intents)}


def test_variance_is_that_of_the_moves_and_needs_some() -> None:
    assert variance_a_second(seen(2.0, 31).samples) == pytest.approx(30 * 4 / 15)
    assert variance_a_second(seen(2.0, 10).samples) is None


def test_the_decay_of_a_book_is_one_over_its_mean_distance() -> None:
    assert book_decay(BIDS, ASKS, 60_000) == pytest.approx(4 / 20.2)
    assert book_decay((), (), 60_000) is None


def test_the_half_spread_is_that_of_the_paper() -> None:
    own_settings = chosen(risk_aversion="0.5", horizon="10")
    gamma = 0.5 * 0.2
    assert half_spread(own_settings, 4.0, 0.2) == pytest.approx((gamma * 4 * 10 + 2 / gamma * log(1 + gamma / 0.2)) / 2)


def test_inventory_moves_the_reservation_price_against_itself() -> None:
    own_settings = chosen(risk_aversion="0.5", horizon="10")
    flat = reservation(own_settings, at(), 60_000, 4.0, 0.2)
    long = reservation(own_settings, at(positions=(long_of("0.02"),)), 60_000, 4.0, 0.2)
    short = reservation(own_settings, at(positions=(short_of("0.01"),)), 60_000, 4.0, 0.2)
    assert flat == 60_000
    assert long == pytest.approx(60_000 - 2 * 0.1 * 4 * 10)
    assert short == pytest.approx(60_000 + 0.1 * 4 * 10)


def test_funding_that_longs_will_pay_moves_it_down_as_the_settlement_comes_near() -> None:
    due = at(seconds_to_funding=60.0, funding_rate=D("0.0001"))
    far = at(seconds_to_funding=600.0, funding_rate=D("0.0001"))
    own_settings = chosen(horizon="60")
    assert reservation(own_settings, due, 60_000, 0.0, 0.2) == pytest.approx(60_000 - 6)
    assert reservation(own_settings, far, 60_000, 0.0, 0.2) == pytest.approx(60_000 - 0.6)
    assert reservation(chosen(funding_weight="0"), due, 60_000, 0.0, 0.2) == 60_000


def test_nothing_is_quoted_before_the_market_is_known() -> None:
    intents, state = decide(chosen(), begin(chosen()), at())
    assert intents == ()
    assert len(state.samples) == 1


def test_quotes_lie_around_the_reservation_price_within_their_bounds() -> None:
    even = prices(at(), seen(1.0))
    assert set(even) == {"BUY", "SELL"}
    assert even["SELL"] - D(60_000) == D(60_000) - even["BUY"] >= 6, "0.01 % of the mid price at least"
    long = prices(at(positions=(long_of("0.02"),)), seen(20.0), risk_aversion="2")
    assert D(60_000) - long["BUY"] > long["SELL"] - D(60_000)
    wild = prices(at(), seen(900.0))
    assert (wild["BUY"], wild["SELL"]) == (59_400, 60_600), "1 % at most"


def test_a_side_that_would_pass_the_bound_is_not_quoted() -> None:
    assert set(prices(at(positions=(long_of("0.03"),)), seen(1.0))) == {"SELL"}
    assert set(prices(at(positions=(short_of("0.021"),)), seen(1.0))) == {"BUY"}


def test_a_quote_within_the_tolerance_waits_for_its_time() -> None:
    first = prices(at(), seen(1.0))
    orders = (own(BUY, str(first["BUY"] - 1), name="buy"), own(SELL, str(first["SELL"] + 1), name="sell"))
    waiting = replace(seen(1.0), refresh_from_ms=NOW_MS + 500)
    assert decide(chosen(), waiting, at(orders=orders))[0] == ()
    assert cancelled(decide(chosen(), seen(1.0), at(orders=orders))[0]) == ["buy", "sell"]


@pytest.mark.parametrize(
    "wrong",
    [{"position_mode": "Hedge"}, {"minimum_spread": "2"}, {"maximum_position": "0.001"}, {"risk_aversion": "0"}],
)
def test_settings_that_do_not_go_together_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        chosen(**wrong)


@given(st.data())
@hypothesis_settings(max_examples=25, deadline=None)
def test_in_a_rehearsal_the_position_stays_within_its_bound_and_nothing_meets_our_own(data: st.DataObject) -> None:
    own_settings, venue = chosen(order_refresh_time="1"), Rehearsal(is_hedge=False)
    state = seen(1.0)
    for _ in range(20):
        intents, state = decide(own_settings, state, replace(venue.view(), bids=BIDS, asks=ASKS))
        venue.ask_for(intents)
        venue.work(99, D(1))
        venue.move(venue.bid + data.draw(st.integers(-15, 15)), D(1), 500)
        venue.report(99, 99)
        assert abs(venue.long.amount) <= own_settings.maximum_position
    assert venue.self_trades == []
