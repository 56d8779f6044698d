from decimal import Decimal

from connector.simulator.accounts.records import COMMISSION
from connector.simulator.fixed_point import E8
from connector.simulator.market.orders import BUY, SELL
from tests.companions.simulator.conservation import conserved
from tests.companions.simulator.riskdesk import RiskDesk
from tests.companions.simulator.traders import Trader


def burner(desk: RiskDesk, bnb_e8: int) -> Trader:
    trader = desk.trader("1000")
    if bnb_e8:
        desk.engine.transfer(trader.id, bnb_e8, desk.now_ms, "BNB")
    trader.account.burns_bnb = True
    desk.maker.limit(SELL, "0.01", "60000")
    trader.market(BUY, "0.01")
    return trader


def test_a_fee_paid_in_bnb_is_a_tenth_cheaper() -> None:
    desk = RiskDesk()
    trader = burner(desk, E8)
    (fee,) = [row for row in trader.income if row.kind == COMMISSION]
    assert (fee.asset, Decimal(fee.amount_e8).scaleb(-8)) == ("BNB", Decimal("-0.3") * 9 / 10 / 600)
    assert (trader.trades[0].commission_asset, trader.wallet) == ("BNB", 1000)
    assert trader.account.position(desk.listing.instrument, "BOTH").break_even_e8() == 60_027 * E8
    assert conserved(desk.engine)


def test_without_enough_bnb_the_whole_fee_is_paid_in_the_quote_asset() -> None:
    desk = RiskDesk()
    for bnb_e8 in (0, 44_999):
        trader = burner(desk, bnb_e8)
        assert (trader.trades[0].commission_asset, trader.wallet) == ("USDT", 1000 - Decimal("0.3"))


def test_the_push_of_a_fill_names_both_wallets() -> None:
    desk = RiskDesk()
    trader = burner(desk, E8)
    events = [row for row in desk.account_changes(trader) if row.reason == "ORDER"]
    assert [row.asset for row in events[0].balances] == ["USDT", "BNB"]
