from decimal import Decimal

import pytest

from connector.core.enums import OrderType, TradeType
from connector.core.intents import CancelIntent, OrderIntent
from connector.strategies.ladder import Quote
from connector.strategies.quoting_state import SideTimes
from connector.strategies.refresh import cancels, needs_quotes, refresh_side, too_close, within_tolerance
from tests.companions.strategies.scene import BUY, NOW_MS, OPEN, SELL, D, moment, own, settings

DUE = SideTimes(NOW_MS, NOW_MS)
NOT_DUE = SideTimes(NOW_MS + 1, NOW_MS + 1)
NEXT = SideTimes(NOW_MS + 10_000, NOW_MS + 10_000)


def buy(price: str, amount: str = "0.01") -> Quote:
    return Quote("order_amount", BUY, D(price), D(amount))


def test_a_side_without_quotes_is_placed_and_its_next_cycle_set() -> None:
    intents, times = refresh_side(settings(), DUE, moment(), BUY, [buy("59400")])
    assert intents == (OrderIntent("BTC-USDT", BUY, OrderType.LIMIT_MAKER, D("0.01"), D(59400), OPEN),)
    assert times == NEXT


def test_nothing_is_placed_before_its_time() -> None:
    assert refresh_side(settings(), NOT_DUE, moment(), BUY, [buy("59400")]) == ((), NOT_DUE)


def test_a_side_with_nothing_to_place_keeps_its_times() -> None:
    assert refresh_side(settings(), DUE, moment(), BUY, []) == ((), DUE)


def test_which_quotes_are_wanted_matters_where_some_are_due_or_missing_or_follow_the_touch() -> None:
    resting, going = moment(orders=(own(BUY, "59000"),)), moment(orders=(own(BUY, "59000", cancelling=True),))
    for view, times, matters in (
        (moment(), DUE, True), (moment(), NOT_DUE, False),
        (resting, DUE, True), (resting, NOT_DUE, False),
        (going, DUE, False), (going, NOT_DUE, False),
    ):  # fmt: skip
        assert needs_quotes(settings(), times, view, BUY) is matters
        assert needs_quotes(settings(replace_on_touch="modify"), times, view, BUY)
        if not matters:
            # Whatever they would be.
            quoted = refresh_side(settings(), times, view, BUY, [buy("59400")])
            assert quoted == refresh_side(settings(), times, view, BUY, []) == ((), times)


def test_quotes_stay_until_they_are_due() -> None:
    view = moment(orders=(own(BUY, "59000"),))
    assert refresh_side(settings(), NOT_DUE, view, BUY, [buy("59400")]) == ((), NOT_DUE)


def test_quotes_that_are_due_and_moved_are_cancelled_and_replaced_when_gone() -> None:
    view = moment(orders=(own(BUY, "59000", name="old"),))
    intents, times = refresh_side(settings(), DUE, view, BUY, [buy("59400")])
    assert intents == (CancelIntent("BTC-USDT", "old", "due for refresh"),)
    going = moment(orders=(own(BUY, "59000", name="old", cancelling=True),))
    assert refresh_side(settings(), times, going, BUY, [buy("59400")]) == ((), times)
    placed, _ = refresh_side(settings(), times, moment(), BUY, [buy("59400")])
    assert len(placed) == 1


def test_due_quotes_within_tolerance_stay_for_one_more_cycle() -> None:
    view = moment(orders=(own(BUY, "59400"),))
    assert refresh_side(settings(), DUE, view, BUY, [buy("59400")]) == ((), NEXT)


def test_quotes_that_are_no_longer_wanted_leave_at_their_age() -> None:
    view = moment(orders=(own(BUY, "59400", name="left"),))
    assert refresh_side(settings(), NOT_DUE, view, BUY, []) == ((), NOT_DUE)
    intents, _ = refresh_side(settings(), DUE, view, BUY, [])
    assert intents == (CancelIntent("BTC-USDT", "left", "due for refresh"),)


def test_the_other_side_does_not_hold_up_this_one() -> None:
    stuck = own(SELL, "60600", cancelling=True)
    intents, _ = refresh_side(settings(), DUE, moment(orders=(stuck,)), BUY, [buy("59400")])
    assert len(intents) == 1


@pytest.mark.parametrize(
    ("tolerance", "new", "stays"),
    [
        ("0", "59400", True),
        ("0", "59400.1", False),
        ("0.001", "59459.4", True),
        ("0.001", "59459.5", False),
        ("0.001", "59340.6", True),
        ("0.001", "59340.5", False),
        ("-0.01", "59400", False),
    ],
)
def test_tolerance_is_measured_from_the_live_price(tolerance: str, new: str, stays: bool) -> None:
    assert within_tolerance(D(tolerance), [own(BUY, "59400")], [buy(new)]) is stays


def test_as_many_quotes_have_to_stand_as_are_wanted() -> None:
    one, two = own(BUY, "59400"), own(BUY, "59000")
    assert within_tolerance(D(0), [two, one], [buy("59400"), buy("59000")])
    assert not within_tolerance(D(1), [one], [buy("59400"), buy("59000")])
    assert not within_tolerance(D(1), [one, two], [buy("59400")])


@pytest.mark.parametrize(
    ("side", "price", "minimum", "goes"),
    [
        (BUY, "59700", "0.005", False),
        (BUY, "59700.1", "0.005", True),
        (SELL, "60300", "0.005", False),
        (SELL, "60299.9", "0.005", True),
        (BUY, "60010", "0", True),
        (BUY, "60010", "-1", False),
        (SELL, "59990", "0", True),
    ],
)
def test_a_quote_nearer_than_the_minimum_spread_goes(side: TradeType, price: str, minimum: str, goes: bool) -> None:
    order = own(side, price)
    assert list(too_close(D(minimum), Decimal(60000), [order])) == ([order] if goes else [])


def test_without_a_reference_price_no_quote_is_too_close() -> None:
    assert list(too_close(D("0.5"), None, [own(BUY, "59999")])) == []


def test_an_order_is_not_cancelled_twice() -> None:
    orders = [own(BUY, "1", name="going", cancelling=True), own(BUY, "1", name="resting")]
    assert [intent.client_order_id for intent in cancels(moment(), orders, "why")] == ["resting"]
