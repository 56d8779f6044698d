from connector.simulator.accounts.records import AUTO_EXCHANGE
from connector.simulator.fixed_point import E8
from connector.simulator.market.orders import BUY, SELL
from tests.companions.simulator.conservation import conserved
from tests.companions.simulator.riskdesk import BTC, RiskDesk
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


def test_a_greater_debt_is_paid_out_of_the_most_valuable_asset_at_its_discount() -> None:
    desk = RiskDesk()
    trader = indebted(desk, {"BTC": 10, "BNB": 3}, "12")
    debt_e8 = -trader.account.wallet_e8
    desk.look()
    bought, sold = (
        next(row.amount_e8 for row in trader.income if row.kind == AUTO_EXCHANGE and row.asset == asset)
        for asset in ("USDT", "BTC")
    )
    assert (bought, trader.account.wallet_e8) == (debt_e8, 0)
    assert -sold == -(-debt_e8 * E8 // (58_500 * E8))
    assert trader.account.wallets["BNB"] == 3 * E8
    assert conserved(desk.engine)


def test_the_exchange_is_told_with_every_wallet_that_moved() -> None:
    desk = RiskDesk()
    trader = indebted(desk, {"BTC": 10}, "12")
    desk.look()
    (event,) = desk.account_changes(trader)
    assert event.reason == "AUTO_EXCHANGE"
    assert {row.asset: row.wallet_e8 for row in event.balances} == {
        asset: trader.account.wallets[asset] for asset in ("USDT", "BTC")
    }


def test_a_debt_that_the_first_asset_does_not_cover_goes_on_to_the_next() -> None:
    desk = RiskDesk()
    trader = indebted(desk, {"BNB": 20, "USDC": 9_000, "ETH": 2}, "12")
    desk.look()
    assert trader.account.wallets["BNB"] == 0
    assert (trader.account.wallet_e8, trader.account.wallets["ETH"]) == (0, 2 * E8)
    assert trader.account.wallets["USDC"] < 9_000 * E8
    assert conserved(desk.engine)
