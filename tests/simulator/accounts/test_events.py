from connector.simulator.accounts.events import AccountChanged, OrderChanged
from connector.simulator.market.orders import BUY, SELL
from tests.companions.simulator.traders import Desk


def test_an_event_keeps_what_the_order_was_when_it_happened() -> None:
    desk = Desk()
    maker, taker = desk.trader(), desk.trader()
    maker.limit(BUY, "0.01", "60000")
    taker.limit(SELL, "0.004", "60000")
    taker.limit(SELL, "0.006", "60000")
    told = [change for change in desk.heard(maker) if isinstance(change, OrderChanged)]
    assert [(change.status, change.filled_lots) for change in told] == [
        ("NEW", 0),
        ("PARTIALLY_FILLED", 4),
        ("FILLED", 10),
    ]


def test_a_fill_moves_the_account_and_the_order_at_the_same_time() -> None:
    desk = Desk()
    maker, taker = desk.trader(), desk.trader()
    maker.limit(BUY, "0.01", "60000")
    desk.now_ms += 5
    taker.market(SELL, "0.01")
    account, order = desk.heard(maker)[-2:]
    assert isinstance(account, AccountChanged) and isinstance(order, OrderChanged)
    assert account.time_ms == order.time_ms == desk.now_ms


def test_open_notionals_are_those_after_the_event() -> None:
    desk = Desk()
    trader = desk.trader()
    trader.limit(BUY, "0.01", "60000")
    second = trader.limit(BUY, "0.01", "59000")
    trader.cancel(second)
    told = [change for change in desk.heard(trader) if isinstance(change, OrderChanged)]
    assert [change.bid_notional_e8 // 10**8 for change in told] == [600, 1190, 600]
