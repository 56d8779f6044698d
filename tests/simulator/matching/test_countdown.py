from connector.simulator.market.orders import BUY
from connector.simulator.matching.countdown import Countdowns
from tests.companions.simulator.traders import BTC, START_MS, Desk


def test_a_countdown_is_over_once() -> None:
    countdowns = Countdowns()
    countdowns.set(1, BTC, 500, 1_000)
    assert countdowns.due(1_499) == []
    assert countdowns.due(1_500) == [(1, BTC)]
    assert countdowns.due(9_999) == []


def test_a_call_in_time_starts_it_anew_and_zero_stops_it() -> None:
    countdowns = Countdowns()
    countdowns.set(1, BTC, 500, 1_000)
    countdowns.set(1, BTC, 500, 1_400)
    assert countdowns.due(1_600) == []
    countdowns.set(1, BTC, 0, 1_600)
    assert countdowns.due(9_999) == []


def test_who_falls_silent_loses_the_orders_of_that_symbol() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    silent, stays = trader.limit(BUY, "0.01", "60000"), other.limit(BUY, "0.01", "60000")
    desk.engine.countdowns.set(trader.id, BTC, 30_000, START_MS)
    desk.engine.advance(START_MS + 29_999)
    assert silent.is_open
    desk.engine.advance(START_MS + 30_000)
    assert silent.status == "CANCELED" and stays.is_open
