from connector.simulator.fixed_point import E8
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.payloads.account_worth import available_e8, worth_of
from tests.companions.simulator.traders import BTC, START_MS, Desk


def test_equity_is_wallet_and_unrealised_of_all_assets() -> None:
    desk = Desk()
    maker, taker = desk.trader("100000"), desk.trader("100000")
    maker.limit(SELL, "1", "60000")
    taker.market(BUY, "1")
    desk.engine.transfer(taker.id, 2 * E8, START_MS, "BTC")
    desk.engine.fix_mark(BTC, 60_100 * E8)
    worth = worth_of(desk.engine, taker.account)
    assert (worth.wallet_e8, worth.unrealised_e8) == ((100_000 - 30 + 120_000) * E8, 100 * E8)
    assert worth.equity_e8 == 220_070 * E8


def test_what_is_available_counts_each_asset_by_itself_or_all_together() -> None:
    desk = Desk()
    trader = desk.trader("1000")
    desk.engine.transfer(trader.id, 2 * E8, START_MS, "BTC")
    assert available_e8(desk.engine, trader.account) == 121_000 * E8
    desk.engine.account_settings.set_multi_assets(trader.account, True, START_MS)
    assert 1_000 * E8 < available_e8(desk.engine, trader.account) < 121_000 * E8
