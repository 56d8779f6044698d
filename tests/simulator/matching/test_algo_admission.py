from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from connector.simulator.errors import VenueError
from connector.simulator.market.orders import BUY, LONG, SELL, SHORT
from tests.companions.simulator.algos import print_at, wait
from tests.companions.simulator.traders import Desk


def refused(deed: Callable[[], object]) -> int:
    with pytest.raises(VenueError) as refusal:
        deed()
    return refusal.value.code


@pytest.mark.parametrize(
    ("side", "kind", "quantity", "trigger", "terms", "code"),
    [
        (BUY, "STOP_MARKET", "0.01", "60000", {}, -2021),
        (SELL, "STOP_MARKET", "0.01", "60000", {}, -2021),
        (BUY, "TAKE_PROFIT_MARKET", "0.01", "60000.1", {}, -2021),
        (SELL, "TAKE_PROFIT", "0.01", "59999.9", {"price": "59999"}, -2021),
        (BUY, "STOP_MARKET", "0.01", "-1", {}, -4006),
        (BUY, "STOP_MARKET", "0.01", "9999999", {}, -4007),
        (BUY, "STOP_MARKET", "0.01", "60100.05", {}, -4014),
        (BUY, "STOP_MARKET", "0", "60100", {}, -4003),
        (BUY, "STOP_MARKET", "121", "60100", {}, -4005),
        (BUY, "STOP_MARKET", "0.0001", "60100", {}, -1111),
        (BUY, "STOP", "0.01", "60100", {"price": "63105.1"}, -4183),
        (SELL, "STOP", "0.01", "59900", {"price": "56904.9"}, -4184),
        (SELL, "STOP", "0.01", "59900.1", {"price": "56905"}, -4184),
        (BUY, "STOP", "0.01", "60100", {"price": "60100.05"}, -4014),
        (BUY, "STOP_MARKET", "0.01", "60100", {"price_match": "QUEUE"}, -5038),
        (BUY, "STOP_MARKET", "0.01", "60100", {"client_algo_id": "a b"}, -4015),
        (BUY, "STOP_MARKET", "0.01", "60100", {"position_side": LONG}, -4061),
        (BUY, "STOP_MARKET", "0.01", "60100", {"close_position": True}, -4137),
        (BUY, "STOP", None, "60100", {"close_position": True, "price": "60100"}, -4136),
        (BUY, "STOP", "0.01", "60100", {"price": "60100", "time_in_force": "GTD", "good_till_ms": 5}, -5040),
        (BUY, "TRAILING_STOP_MARKET", "0.01", None, {"callback_rate": "0.05"}, -1130),
        (BUY, "TRAILING_STOP_MARKET", "0.01", None, {"callback_rate": "20.1"}, -1130),
        (BUY, "TRAILING_STOP_MARKET", "0.01", None, {"callback_rate": "1", "activate_price": "60000"}, -2021),
        (SELL, "TRAILING_STOP_MARKET", "0.01", None, {"callback_rate": "1", "activate_price": "60000"}, -2021),
        (SELL, "TRAILING_STOP_MARKET", "0.01", None, {"callback_rate": "1", "activate_price": "-1"}, -4135),
    ],
)
def test_a_conditional_order_that_cannot_be_is_refused_by_its_own_code(
    side: int, kind: str, quantity: str | None, trigger: str | None, terms: dict[str, object], code: int
) -> None:
    desk = Desk()
    trader = desk.trader()
    print_at(desk, "60000")
    assert refused(lambda: wait(trader, side, kind, quantity, trigger, **terms)) == code
    assert desk.engine.algos.book(trader.account).open_count == 0


def test_too_small_a_notional_is_refused_but_for_exits() -> None:
    desk = Desk()
    trader = desk.trader()
    print_at(desk, "60000")
    desk.listing.instrument = replace(desk.listing.instrument, min_notional=Decimal(100))
    assert refused(lambda: wait(trader, BUY, "STOP_MARKET", "0.001", "60100")) == -4164
    assert wait(trader, SELL, "STOP_MARKET", "0.001", "59900", reduce_only=True).is_open


def test_in_hedge_mode_a_position_is_closed_by_the_side_that_closes_it() -> None:
    desk = Desk()
    trader = desk.trader()
    print_at(desk, "60000")
    desk.engine.set_hedge(trader.id, True)
    closing = {"close_position": True}
    assert refused(lambda: wait(trader, BUY, "STOP_MARKET", None, "60100", position_side=LONG, **closing)) == -4061
    assert refused(lambda: wait(trader, SELL, "STOP_MARKET", None, "59900", position_side=SHORT, **closing)) == -4061
    assert (
        refused(lambda: wait(trader, SELL, "STOP_MARKET", "0.01", "59900", position_side=LONG, reduce_only=True))
        == -4062
    )
    assert wait(trader, SELL, "STOP_MARKET", None, "59900", position_side=LONG, **closing).is_open


def test_a_halted_symbol_takes_no_conditional_orders() -> None:
    desk = Desk()
    trader = desk.trader()
    desk.listing.status = "TRADING_HALT"
    assert refused(lambda: wait(trader, BUY, "STOP_MARKET", "0.01", "60100")) == -4140
