from connector.simulator.market.orders import BUY, SELL
from tests.companions.simulator.riskdesk import BTC, RiskDesk


def test_the_market_hears_of_each_liquidation_order_once_it_is_done() -> None:
    desk = RiskDesk()
    desk.long("400", "0.1")
    desk.falls_to("56250", quantity="0.06")
    desk.look(2)
    (row,) = desk.engine.risk_monitor.orders.prints
    assert (row.number, row.symbol, row.side, row.lots, row.filled_lots, row.status) == (
        1, BTC, SELL, 100, 100, "FILLED",
    )  # fmt: skip
    assert row.price_ticks == 560_300
    assert row.average_e8 == (562_400 * 60 + 560_300 * 40) * 10**7 // 100


def test_deleveraging_is_no_liquidation_for_the_market() -> None:
    desk = RiskDesk()
    trader = desk.long("1000", "0.1")
    desk.engine.force_adl(trader.id, BTC, desk.now_ms)
    assert not desk.engine.risk_monitor.orders.prints


def test_a_short_is_bought_back() -> None:
    desk = RiskDesk()
    trader = desk.holder(SELL, "400", "0.1")
    desk.mark("64000")
    desk.look(2)
    (forced,) = trader.account.forced
    assert (forced.order.side, forced.order.position_side, trader.held()) == (BUY, "BOTH", "0.000")
