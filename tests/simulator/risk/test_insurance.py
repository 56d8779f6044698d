from connector.simulator.accounts.records import INSURANCE_CLEAR
from connector.simulator.fixed_point import E8
from connector.simulator.market.orders import BUY
from tests.companions.simulator.conservation import conserved
from tests.companions.simulator.riskdesk import BTC, RiskDesk


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
