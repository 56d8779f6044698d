from dataclasses import replace

from connector.simulator.accounts.records import INSURANCE_CLEAR
from connector.simulator.engine import Engine
from connector.simulator.fixed_point import E8
from connector.simulator.market.collateral_prices import margin_assets
from connector.simulator.market.default_instruments import BTCUSDT
from connector.simulator.market.orders import BUY
from tests.companions.simulator.conservation import conserved
from tests.companions.simulator.riskdesk import BTC, RiskDesk
from tests.companions.simulator.traders import START_MS


def fallen(insurance: int, price: str = "56250") -> RiskDesk:
    """A desk whose fund took over 0.1 at 56,030, with no bid near it."""
    desk = RiskDesk(insurance)
    desk.long("400", "0.1")
    desk.falls_to(price, bid="55000")
    desk.look(2)
    return desk


def lots(desk: RiskDesk) -> int:
    return desk.engine.risk_monitor.fund.account.position(desk.listing.instrument, "BOTH").lots


def test_what_it_took_over_counts_at_mark() -> None:
    desk = fallen(1_000)
    assert lots(desk) == 100
    assert desk.fund_usdt() == 1_000 + 22


def test_gains_that_are_not_realised_pay_for_nothing() -> None:
    """Its position gained 22: a debt of 1,010 is paid as far as its 1,000 reach."""
    desk = fallen(1_000)
    fund, debtor = desk.engine.risk_monitor.fund, desk.trader("1")
    assert (fund.equity_e8("USDT"), fund.reserve_e8("USDT")) == (1_022 * E8, 1_000 * E8)
    fund.collect(debtor.account, BTC, "USDT", -1_010 * E8, desk.now_ms)
    assert debtor.wallet == 1_001 and fund.account.wallet_e8 == 0
    desk.mark("56000")
    desk.look()
    assert lots(desk) == 0 and fund.reserve_e8("USDT") >= 0 and conserved(desk.engine)


def test_it_takes_over_only_what_it_can_bear() -> None:
    assert lots(fallen(31, "55720")) == 0
    assert lots(fallen(32, "55720")) == 100


def test_it_sells_what_it_holds_as_soon_as_the_book_takes_it_near_mark() -> None:
    desk = fallen(1_000)
    desk.maker.limit(BUY, "0.04", "55700")
    desk.look()
    assert lots(desk) == 60
    desk.maker.limit(BUY, "1", "55687")
    desk.look()
    assert lots(desk) == 60
    desk.maker.limit(BUY, "1", "56200")
    desk.look()
    assert lots(desk) == 0
    assert conserved(desk.engine)


def test_it_pays_no_more_than_it_has() -> None:
    desk = RiskDesk(insurance=5)
    trader = desk.trader("1")
    fund = desk.engine.risk_monitor.fund
    fund.collect(trader.account, BTC, "USDT", -3 * E8, desk.now_ms)
    fund.collect(trader.account, BTC, "USDT", -3 * E8, desk.now_ms)
    fund.collect(trader.account, BTC, "USDT", -3 * E8, desk.now_ms)
    assert [row.amount_e8 for row in trader.income if row.kind == INSURANCE_CLEAR] == [3 * E8, 2 * E8]
    assert fund.equity_e8("USDT") == 0 and conserved(desk.engine)


def test_its_account_is_nobodys_and_hears_nothing() -> None:
    desk = fallen(1_000)
    assert desk.engine.risk_monitor.fund.account.account_id == 0
    assert all(event.account_id for event in desk.engine.drain())


def test_every_margin_asset_begins_with_a_fund_of_its_own() -> None:
    in_usdc = replace(BTCUSDT, symbol="BTCUSDC", quote="USDC")
    in_btc = replace(BTCUSDT, symbol="ETHBTC", base="ETH", quote="BTC")
    engine = Engine(START_MS, (BTCUSDT, in_usdc, in_btc), insurance_e8=600_000 * E8)
    fund = engine.risk_monitor.fund
    assert fund.account.wallets == {"USDT": 600_000 * E8, "USDC": 600_000 * E8, "BTC": 10 * E8}
    assert conserved(engine)


def test_a_contract_in_an_unknown_asset_has_a_fund_too() -> None:
    engine = Engine(START_MS, (replace(BTCUSDT, symbol="BTCFDUSD", quote="FDUSD"),), insurance_e8=7 * E8)
    assert engine.risk_monitor.fund.account.wallets == {"FDUSD": 7 * E8}
    assert margin_assets(engine.listings.values())[-1] == "FDUSD"
