from connector.simulator.accounts import accounts
from connector.simulator.market.orders import BUY
from tests.companions.simulator.traders import BTC, Desk


def test_an_order_is_found_by_either_id_after_its_end() -> None:
    desk = Desk()
    trader = desk.trader()
    order = trader.limit(BUY, "0.01", "60000", client_order_id="mine")
    trader.cancel(order)
    assert trader.account.find(BTC, order.order_id, None) is order
    assert trader.account.find(BTC, None, "mine") is order
    assert trader.account.find("ETHUSDT", order.order_id, None) is None


def test_a_client_id_used_again_means_the_latest_order() -> None:
    desk = Desk()
    trader = desk.trader()
    trader.cancel(trader.limit(BUY, "0.01", "60000", client_order_id="again"))
    second = trader.limit(BUY, "0.02", "60000", client_order_id="again")
    assert trader.account.find(BTC, None, "again") is second


def test_the_oldest_finished_orders_are_forgotten(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(accounts, "MOST_KEPT", 2)
    desk = Desk()
    trader = desk.trader()
    orders = [trader.cancel(trader.limit(BUY, "0.01", "60000", client_order_id=f"n{n}")) for n in range(3)]
    assert trader.account.find(BTC, orders[0].order_id, None) is None
    assert trader.account.find(BTC, None, "n0") is None
    assert trader.account.find(BTC, orders[1].order_id, None) is orders[1]


def test_leverage_is_twenty_until_it_is_set() -> None:
    desk = Desk()
    trader = desk.trader()
    assert trader.account.leverage(BTC) == 20
    desk.engine.set_leverage(trader.id, BTC, 7, desk.now_ms)
    assert trader.account.leverage(BTC) == 7


def test_an_owners_accounts_know_each_other_however_they_were_joined() -> None:
    desk = Desk()
    alone, *traders = (desk.trader() for _ in range(5))
    for one, other in ((0, 1), (2, 3), (3, 0)):
        desk.engine.join_owner(traders[one].id, traders[other].id)
    ids = {trader.id for trader in traders}
    assert all(trader.account.trade_group == ids for trader in traders)
    assert {trader.account.trade_group_id for trader in traders} == {min(ids)}
    assert alone.account.trade_group_id == -1
