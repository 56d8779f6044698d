from connector.simulator.fixed_point import E8
from connector.simulator.market.orders import BUY
from connector.simulator.payloads.account_snapshot import AccountSnapshot
from tests.companions.simulator.riskdesk import BTC, RiskDesk, e8


def test_only_what_is_held_or_ordered_is_charged_and_all_can_be_listed() -> None:
    desk = RiskDesk()
    trader = desk.trader("1000")
    trader.limit(BUY, "0.01", "59000")
    said = AccountSnapshot(trader.account, desk.engine)
    assert list(said.found) == [(BTC, "BOTH")]
    assert [key for key, _ in said.every()] == [(BTC, "BOTH"), ("ETHUSDT", "BOTH")]
    assert [key for key, _ in said.every("ETHUSDT")] == [("ETHUSDT", "BOTH")]


def test_totals_are_of_usdt_alone_but_in_multi_assets_mode_of_everything_by_ask_rates() -> None:
    desk = RiskDesk()
    trader = desk.trader("1000")
    desk.engine.transfer(trader.id, E8, desk.now_ms, "BTC")
    said = AccountSnapshot(trader.account, desk.engine)
    assert said.pool.wallet_e8 == e8("1000")
    assert (said.worth_e8("USDT", 5), said.worth_e8("BTC", 5)) == (5, 0)
    desk.engine.account_settings.set_multi_assets(trader.account, True, desk.now_ms)
    said = AccountSnapshot(trader.account, desk.engine)
    assert said.pool.wallet_e8 == e8("1000") + e8("57000")
    assert said.worth_e8("BTC", 5) == 5 * 61_500


def test_an_asset_stands_for_itself_whatever_the_mode() -> None:
    desk = RiskDesk()
    trader = desk.long("1000", "0.1")
    desk.mark("61000")
    desk.engine.account_settings.set_multi_assets(trader.account, True, desk.now_ms)
    said = AccountSnapshot(trader.account, desk.engine)
    assert said.cross_pool("USDT").unrealised_e8 == e8("100")
    assert said.cross_pool("BTC").unrealised_e8 == 0
