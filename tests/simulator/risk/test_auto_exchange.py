from decimal import ROUND_CEILING, Decimal

from connector.simulator.accounts.records import AUTO_EXCHANGE
from connector.simulator.fixed_point import E8
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.risk.auto_exchange import shares
from tests.companions.simulator.conservation import conserved
from tests.companions.simulator.riskdesk import BTC, RiskDesk, e8
from tests.companions.simulator.traders import Trader


def indebted(desk: RiskDesk, assets: dict[str, int], lost: str) -> Trader:
    """A trader in multi-assets mode who lost `lost` USDT that he did not have."""
    trader = desk.trader("1")
    for asset, amount in assets.items():
        desk.engine.transfer(trader.id, amount * E8, desk.now_ms, asset)
    desk.engine.account_settings.set_multi_assets(trader.account, True, desk.now_ms)
    desk.engine.set_leverage(trader.id, BTC, 100, desk.now_ms)
    desk.maker.limit(SELL, lost, "60000")
    trader.market(BUY, lost)
    desk.maker.limit(BUY, lost, "59000")
    trader.market(SELL, lost)
    desk.engine.drain()
    return trader


def test_a_debt_within_its_threshold_stays() -> None:
    desk = RiskDesk()
    trader = indebted(desk, {"BTC": 10}, "9")
    desk.look()
    assert -10_000 * E8 < trader.account.wallet_e8 < 0
    assert not [row for row in trader.income if row.kind == AUTO_EXCHANGE]


def sold(trader: Trader) -> dict[str, int]:
    """What each asset gave (< 0) or got in automatic exchanges."""
    return {row.asset: row.amount_e8 for row in trader.income if row.kind == AUTO_EXCHANGE}


def test_a_greater_debt_is_paid_by_the_others_in_proportion_to_what_each_holds() -> None:
    """10 BTC at 58,500 and 3 BNB at 570 are worth 586,710 USDT to the automatic exchange."""
    desk = RiskDesk()
    trader = indebted(desk, {"BTC": 10, "BNB": 3}, "12")
    debt = Decimal(-trader.account.wallet_e8)
    desk.look()
    moved = sold(trader)
    assert (moved["USDT"], trader.account.wallet_e8) == (int(debt), 0)
    assert moved["BTC"] == -(10 * debt / 586_710).to_integral_value(ROUND_CEILING)
    assert moved["BNB"] == -(3 * debt / 586_710).to_integral_value(ROUND_CEILING)
    assert conserved(desk.engine)


def test_no_unit_of_a_debt_is_left_and_none_is_given_away() -> None:
    """What is given is worth the debt, and would not be with a unit less of any asset."""
    desk = RiskDesk()
    trader = indebted(desk, {"BTC": 3, "BNB": 7, "USDC": 5_001, "ETH": 2}, "11.777")
    prices = desk.engine.collateral
    given, bought_e8 = shares(trader.account, "USDT", 12_345_678_901_234, prices)
    worth = {asset: amount_e8 * prices.exchange_bid_e8(asset) for asset, amount_e8 in given.items()}
    wanted = bought_e8 * prices.exchange_ask_e8("USDT")
    assert (bought_e8, set(given)) == (12_345_678_901_234, {"BTC", "BNB", "USDC", "ETH"})
    assert wanted <= sum(worth.values()) < wanted + sum(prices.exchange_bid_e8(asset) for asset in given)


def test_the_exchange_is_told_with_every_wallet_that_moved() -> None:
    desk = RiskDesk()
    trader = indebted(desk, {"BTC": 10}, "12")
    desk.look()
    (event,) = desk.account_changes(trader)
    assert event.reason == "AUTO_EXCHANGE"
    assert {row.asset: row.wallet_e8 for row in event.balances} == {
        asset: trader.account.wallets[asset] for asset in ("USDT", "BTC")
    }


def test_a_debt_that_is_more_than_all_assets_takes_them_all() -> None:
    desk = RiskDesk()
    trader = indebted(desk, {"BNB": 10, "USDC": 5_000}, "12")
    before_e8 = trader.account.wallet_e8
    desk.look()
    assert (trader.account.wallets["BNB"], trader.account.wallets["USDC"]) == (0, 0)
    assert sold(trader)["USDT"] == e8("5700") + e8("4997.5")
    assert before_e8 + sold(trader)["USDT"] <= trader.account.wallet_e8 and conserved(desk.engine)


def test_what_a_liquidation_left_owing_is_exchanged_however_small_it_is() -> None:
    desk = RiskDesk()
    trader = desk.trader("600")
    desk.engine.transfer(trader.id, 100 * E8, desk.now_ms, "USDC")
    desk.engine.account_settings.set_multi_assets(trader.account, True, desk.now_ms)
    desk.maker.limit(SELL, "0.2", "60000")
    trader.market(BUY, "0.2")
    desk.falls_to("56740")
    desk.look(4)
    assert (trader.held(), trader.account.wallet_e8) == ("0.000", 0)
    assert 0 < sold(trader)["USDT"] < -sold(trader)["USDC"] < 100 * E8 and conserved(desk.engine)


def test_who_owes_more_than_he_has_and_holds_nothing_is_paid_for_after_all_that_he_has() -> None:
    desk = RiskDesk()
    trader = indebted(desk, {"USDC": 500}, "0.6")
    assert -10_000 * E8 < trader.account.wallet_e8 < -500 * E8
    desk.look(2)
    assert sold(trader)["USDC"] == -500 * E8
    assert set(trader.account.wallets.values()) == {0} and conserved(desk.engine)


def test_a_debt_that_a_falling_asset_no_longer_covers_is_exchanged_though_its_owner_did_nothing() -> None:
    desk = RiskDesk()
    trader = indebted(desk, {"BTC": 1}, "9")
    desk.look()
    debt_e8 = -trader.account.wallet_e8
    assert 9_000 * E8 < debt_e8 < 10_000 * E8 and not sold(trader)
    desk.engine.move_prices({BTC: 9_000 * E8}, desk.now_ms)
    desk.look(2)
    assert sold(trader) == {"USDT": e8("8775"), "BTC": -E8}
    assert set(trader.account.wallets.values()) == {0} and conserved(desk.engine)
