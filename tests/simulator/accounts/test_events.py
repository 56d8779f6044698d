from connector.simulator.accounts.events import OrderChanged
from connector.simulator.market.orders import BUY, SELL
from tests.companions.simulator.traders import Desk


def test_an_event_keeps_what_the_order_was_when_it_happened() -> None:
    desk = Desk()
    maker, taker = desk.trader(), desk.trader()
    maker.limit(BUY, "0.01", "60000")
    taker.limit(SELL, "0.004", "60000")
    taker.limit(SELL, "0.006", "60000")
    events = [change for change in desk.events(maker) if isinstance(change, OrderChanged)]
    assert [(change.status, change.filled_lots) for change in events] == [
        ("NEW", 0),
        ("PARTIALLY_FILLED", 4),
        ("FILLED", 10),
    ]


def test_a_fill_is_one_event_of_the_order_and_its_owners_account() -> None:
    desk = Desk()
    maker, taker = desk.trader(), desk.trader()
    maker.limit(BUY, "0.01", "60000")
    desk.now_ms += 5
    taker.market(SELL, "0.01")
    filled = desk.events(maker)[-1]
    assert isinstance(filled, OrderChanged) and filled.fill is not None
    assert filled.fill.account.time_ms == filled.time_ms == desk.now_ms
    assert [row.lots for row in filled.fill.account.positions] == [10]


def test_open_notionals_are_those_after_the_event() -> None:
    desk = Desk()
    trader = desk.trader()
    trader.limit(BUY, "0.01", "60000")
    second = trader.limit(BUY, "0.01", "59000")
    trader.cancel(second)
    events = [change for change in desk.events(trader) if isinstance(change, OrderChanged)]
    assert [change.bid_notional_e8 // 10**8 for change in events] == [600, 1190, 600]
