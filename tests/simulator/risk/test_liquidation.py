from decimal import Decimal

from connector.simulator.accounts.algo_orders import STOP_MARKET, AlgoRequest, Status
from connector.simulator.accounts.events import OrderChanged
from connector.simulator.accounts.records import INSURANCE_CLEAR
from connector.simulator.market.orders import BUY, LONG, SELL, SHORT
from tests.companions.simulator.conservation import conserved
from tests.companions.simulator.riskdesk import BTC, RiskDesk
from tests.companions.simulator.traders import Trader


def cleared(trader: Trader) -> list[Decimal]:
    """What the insurance fund took (< 0) or gave."""
    return [Decimal(row.amount_e8).scaleb(-8) for row in trader.income if row.kind == INSURANCE_CLEAR]


def test_open_orders_go_first_and_the_position_after_them() -> None:
    desk = RiskDesk()
    trader = desk.long("400", "0.1")
    resting = trader.limit(BUY, "0.001", "57500")
    desk.engine.drain()
    desk.falls_to("56250")
    desk.look()
    assert desk.forced_events(trader) == [("auto" + str(resting.order_id), "EXPIRED", "EXPIRED")]
    assert (resting.expiry_reason, trader.held()) == (5, "0.100")
    desk.look()
    assert desk.forced_events(trader) == [("autoclose", "NEW", "NEW"), ("autoclose", "CALCULATED", "FILLED")]
    assert trader.held() == "0.000"
    assert conserved(desk.engine)


def test_the_liquidation_order_is_an_immediate_one_of_its_own_type_and_pays_no_commission() -> None:
    desk = RiskDesk()
    trader = desk.long("400", "0.1")
    desk.falls_to("56250")
    desk.look(2)
    (forced,) = trader.account.forced
    order = forced.order
    assert (forced.cause, order.kind, order.time_in_force, order.side) == ("LIQUIDATION", "LIQUIDATION", "IOC", SELL)
    assert order.client_order_id.startswith(f"autoclose-{desk.now_ms}")
    assert trader.trades[-1].commission_e8 == 0


def test_the_clearance_fee_is_a_share_of_what_was_sold_at_most_what_is_left() -> None:
    desk = RiskDesk()
    trader = desk.long("400", "0.1")
    desk.falls_to("56250")
    desk.look(2)
    left = 400 - Decimal("3") - (60_000 - 56_240) * Decimal("0.1")
    assert cleared(trader) == [-left]
    assert trader.wallet == 0
    assert desk.fund_usdt() == 1_000_000 + left


def test_a_large_position_is_cut_to_the_next_lower_bracket_where_its_margin_suffices() -> None:
    desk = RiskDesk()
    trader = desk.trader("18500000")
    for owner in (trader, desk.maker):
        desk.engine.set_leverage(owner.id, BTC, 10, desk.now_ms)
    for _ in range(3):
        desk.maker.limit(SELL, "1000", "60000")
        trader.limit(BUY, "1000", "60000")
    for _ in range(2):
        desk.falls_to("55650", quantity="1000")
    desk.look(5)
    (forced,) = trader.account.forced
    assert forced.order.status == "FILLED"
    assert 0 <= 100_000_000 - Decimal(trader.held()) * 55_650 < Decimal("55.65")
    assert not trader.account.in_liquidation
    assert conserved(desk.engine)


def test_an_account_is_let_go_when_its_margin_suffices_again() -> None:
    desk = RiskDesk()
    trader = desk.long("400", "0.1")
    desk.falls_to("56250")
    desk.look()
    assert trader.account.in_liquidation
    desk.mark("60000")
    desk.look()
    assert not trader.account.in_liquidation and trader.held() == "0.100"


def test_what_the_book_does_not_take_goes_to_the_insurance_fund_at_the_bankruptcy_price() -> None:
    desk = RiskDesk()
    trader = desk.long("400", "0.1")
    desk.falls_to("56250", bid="55000")
    desk.look(2)
    assert trader.held() == "0.000"
    assert Decimal(trader.trades[-1].ticks) / 10 == 60_000 - (400 - 3) * 10
    assert trader.wallet == 0 and cleared(trader) == []
    assert desk.engine.risk_monitor.fund.account.positions[BTC, "BOTH"].lots == 100
    assert conserved(desk.engine)


def test_an_empty_fund_leaves_it_to_those_who_gain() -> None:
    desk = RiskDesk(insurance=0)
    trader = desk.long("400", "0.1")
    desk.falls_to("55000", bid="50000")
    desk.look()
    desk.engine.drain()
    desk.look()
    events = [row for row in desk.engine.drain() if isinstance(row, OrderChanged)]
    mine = [
        (row.order.client_order_id.split("-")[0], row.execution_type) for row in events if row.account_id == trader.id
    ]
    theirs = [(row.order.client_order_id, row.execution_type) for row in events if row.account_id == desk.maker.id]
    assert mine == [("autoclose", "NEW"), ("autoclose", "CALCULATED")]
    assert theirs == [("adl_autoclose", "NEW"), ("adl_autoclose", "CALCULATED")]
    assert (trader.held(), desk.maker.held(), trader.wallet) == ("0.000", "0.000", 0)
    assert conserved(desk.engine)


def test_an_isolated_position_falls_alone() -> None:
    desk = RiskDesk()
    trader = desk.long("10000", "0.1", isolated=True, leverage=20)
    wallet, posted = trader.wallet, Decimal(297)
    desk.falls_to("57200")
    desk.look(2)
    assert trader.held() == "0.000"
    lost = (60_000 - 57_190) * Decimal("0.1")
    assert trader.wallet == wallet - posted
    assert cleared(trader) == [-(posted - lost)]
    assert trader.account.position(desk.listing.instrument, "BOTH").isolated_e8 == 0


def test_a_gap_through_an_isolated_margin_costs_the_cross_wallet_nothing() -> None:
    desk = RiskDesk()
    trader = desk.long("10000", "0.1", isolated=True, leverage=20)
    wallet = trader.wallet
    desk.falls_to("50000", bid="49000")
    desk.look(2)
    assert trader.held() == "0.000"
    assert trader.wallet == wallet - 297
    assert conserved(desk.engine)


def test_hedged_sides_stand_on_one_pool() -> None:
    desk = RiskDesk()
    trader = desk.trader("1000")
    desk.engine.set_hedge(trader.id, True)
    desk.maker.limit(SELL, "0.1", "60000")
    trader.market(BUY, "0.1", position_side=LONG)
    desk.maker.limit(BUY, "0.1", "60000")
    trader.market(SELL, "0.1", position_side=SHORT)
    desk.falls_to("30000")
    desk.look(3)
    assert (trader.held(LONG), trader.held(SHORT)) == ("0.100", "-0.100")


def test_the_owner_hears_his_wallet_with_the_fee() -> None:
    desk = RiskDesk()
    trader = desk.long("400", "0.1")
    desk.falls_to("56250")
    desk.look()
    desk.engine.drain()
    desk.look()
    reasons = [event.reason for event in desk.account_changes(trader)]
    assert reasons == ["ORDER", "INSURANCE_CLEAR"]


def great_isolated_long(desk: RiskDesk) -> Trader:
    """One that is closed bracket by bracket."""
    trader = desk.trader("20000000")
    desk.isolate(trader)
    for owner in (trader, desk.maker):
        desk.engine.set_leverage(owner.id, BTC, 10, desk.now_ms)
    for _ in range(3):
        desk.maker.limit(SELL, "1000", "60000")
        trader.limit(BUY, "1000", "60000")
    return trader


def test_what_an_isolated_position_has_left_is_told_where_it_has_no_fee_left_either() -> None:
    desk = RiskDesk(insurance=100_000_000)
    trader = great_isolated_long(desk)
    desk.mark("53000")
    desk.look()
    desk.engine.drain()
    desk.look()
    event = desk.account_changes(trader)[-1]
    left = trader.account.position(desk.listing.instrument, "BOTH")
    assert left.lots
    assert event.reason == "INSURANCE_CLEAR"
    assert cleared(trader) == []
    assert [(row.lots, row.isolated_e8) for row in event.positions] == [(left.lots, left.isolated_e8)]
    assert [row.cross_e8 for row in event.balances] == [trader.account.cross_wallet_e8("USDT")]
    assert conserved(desk.engine)


def test_what_an_isolated_position_has_left_is_told_with_the_fee() -> None:
    desk = RiskDesk()
    trader = great_isolated_long(desk)
    wallet = trader.account.cross_wallet_e8("USDT")
    for _ in range(2):
        desk.falls_to("55700", quantity="1000")
    desk.look()
    desk.engine.drain()
    desk.look()
    event = desk.account_changes(trader)[-1]
    left_e8 = trader.account.position(desk.listing.instrument, "BOTH").isolated_e8
    assert event.reason == "INSURANCE_CLEAR"
    assert [(row.is_isolated, row.isolated_e8) for row in event.positions] == [(True, left_e8)]
    assert 0 < left_e8 < 18_000_000 * 10**8
    assert trader.account.cross_wallet_e8("USDT") == wallet
    assert conserved(desk.engine)


def test_conditional_orders_that_fire_in_a_liquidation_are_refused() -> None:
    desk = RiskDesk()
    trader = desk.long("400", "0.1")
    stop = AlgoRequest(BTC, SELL, STOP_MARKET, Decimal("0.1"), trigger_price=Decimal(56_200), working_type="MARK_PRICE")
    order = desk.engine.place_algo(trader.id, stop, desk.now_ms)
    desk.falls_to("56240")
    desk.look()
    assert trader.account.in_liquidation
    desk.mark("56190")
    desk.look()
    assert (order.status, "liquidation" in order.reason) == (Status.REJECTED, True)
