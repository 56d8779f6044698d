import pytest

from connector.core.enums import OrderType, TradeType
from connector.core.intents import OrderIntent
from connector.strategies.wanted_exit import is_past_stop, stop_price, wanted_exits
from tests.companions.strategies.scene import BUY, CLOSE, SELL, D, long_of, moment, settings, short_of

GUARDED = settings(long_profit_taking_spread="1", short_profit_taking_spread="1", stop_loss_spread="2")


@pytest.mark.parametrize(
    ("facts", "is_past"),
    [
        ({"best_bid": D("58800.1")}, False),
        ({"best_bid": D("58800")}, True),
        ({"best_bid": D("50000")}, True),
        ({"best_bid": None, "mark_price": D("58800")}, True),
        ({"best_bid": None, "mark_price": D("58801")}, False),
        ({"best_bid": None, "mark_price": None}, False),
    ],
)
def test_a_long_position_is_past_its_stop_when_the_best_bid_is(facts: dict[str, object], is_past: bool) -> None:
    assert is_past_stop(GUARDED, moment(**facts), long_of("1")) is is_past


@pytest.mark.parametrize(("ask", "is_past"), [("61199.9", False), ("61200", True), ("70000", True)])
def test_a_short_position_is_past_its_stop_when_the_best_ask_is(ask: str, is_past: bool) -> None:
    assert is_past_stop(GUARDED, moment(best_ask=D(ask)), short_of("1")) is is_past


def test_a_stop_loss_of_zero_is_none() -> None:
    assert not is_past_stop(settings(), moment(best_bid=D(1)), long_of("1"))


@pytest.mark.parametrize(("entry", "stop"), [("60000", "58800"), ("50000", "49000")])
def test_the_stop_price_is_measured_from_the_entry_price(entry: str, stop: str) -> None:
    assert stop_price(GUARDED, long_of("1", entry)) == D(stop)
    assert stop_price(settings(), long_of("1", entry)) is None


def test_a_position_wants_one_closing_limit_order_for_all_of_it() -> None:
    (wanted,) = wanted_exits(GUARDED, moment(positions=(long_of("0.5"), short_of("0"))))
    assert wanted.intent("BTC-USDT") == OrderIntent("BTC-USDT", SELL, OrderType.LIMIT, D("0.5"), D(60600), CLOSE)
    assert not wanted.is_stop


def test_a_stop_loss_is_named_before_a_take_profit_and_a_buy_before_a_sell() -> None:
    calm = wanted_exits(GUARDED, moment(positions=(long_of("0.5"), short_of("0.2"))))
    assert [(wanted.side, wanted.is_stop) for wanted in calm] == [(BUY, False), (SELL, False)]
    fallen = moment(positions=(long_of("0.5"), short_of("0.2")), best_bid=D(58800), best_ask=D("58800.1"))
    assert [(wanted.side, wanted.is_stop) for wanted in wanted_exits(GUARDED, fallen)] == [(SELL, True), (BUY, False)]


@pytest.mark.parametrize(
    ("side", "price", "does"),
    [(BUY, "60599.9", False), (BUY, "60600", True), (BUY, "70000", True), (SELL, "60600", False), (SELL, "1", False)],
)
def test_an_exit_meets_orders_of_the_other_side_at_its_price_or_through_it(
    side: TradeType, price: str, does: bool
) -> None:
    (wanted,) = wanted_exits(GUARDED, moment(positions=(long_of("0.5"),)))
    assert wanted.meets(side, D(price)) is does
