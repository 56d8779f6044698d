import pytest

from connector.core.enums import OrderType, TradeType
from connector.core.intents import OrderIntent
from connector.strategies.view import HeldPosition
from connector.strategies.wanted_exit import is_past_stop, stop_price, wanted_exits
from tests.companions.strategies.scene import BUY, CLOSE, SELL, D, long_of, moment, settings, short_of

GUARDED = settings(long_profit_taking_spread="1", short_profit_taking_spread="1", stop_loss_spread="2")


@pytest.mark.parametrize(
    ("facts", "is_past"),
    [
        ({"best_bid": D("58800.1")}, False),
        ({"best_bid": D("58800")}, True),
        ({"best_bid": D("50000")}, True),
        ({"best_bid": None, "last_price": D("58800")}, True),
        ({"best_bid": None, "last_price": D("58801")}, False),
        ({"best_bid": None, "mark_price": D("50000")}, False),
        ({"best_bid": None, "last_price": None, "mark_price": D("50000")}, False),
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


@pytest.mark.parametrize(
    ("position", "mark", "price", "wished"),
    [
        (long_of("0.5"), "66000", "62700", "60600"),
        (long_of("0.5"), "63789.47", "60600", "60600"),
        (short_of("0.5"), "54000", "56700", "59400"),
        (long_of("0.5"), "50000", "60600", "60600"),
    ],
)
def test_an_exit_that_the_band_forbids_is_wanted_at_its_edge(
    position: HeldPosition, mark: str, price: str, wished: str
) -> None:
    (wanted,) = wanted_exits(GUARDED, moment(positions=(position,), mark_price=D(mark)))
    assert (wanted.price, wanted.wished) == (D(price), D(wished))
    assert wanted.is_held_by_band is (price != wished)


def test_an_exit_at_the_edge_stays_while_the_edge_moves_a_little_or_lets_it_be_better() -> None:
    (wanted,) = wanted_exits(GUARDED, moment(positions=(long_of("0.5"),), mark_price=D(66_000)))
    served = [
        price for price in ("60599", "60600", "62000", "62700", "62800", "62900") if wanted.is_served_at(D(price))
    ]
    assert served == ["60600", "62000", "62700", "62800"]


def test_no_exit_is_priced_by_a_mark_that_no_market_backs() -> None:
    """The ask side is empty, the mark 10 % above: the last trade says where the market is."""
    alone = {"positions": (short_of("0.5"),), "best_ask": None, "mark_price": D(66_000)}
    (calm,) = wanted_exits(GUARDED, moment(**alone, last_price=D("60020")))
    assert (calm.is_stop, calm.price) == (False, D(59_400))
    (past,) = wanted_exits(GUARDED, moment(**alone, last_price=D("61300")))
    assert (past.is_stop, past.price) == (True, D("61606.5")), "half a percent behind the last trade"
