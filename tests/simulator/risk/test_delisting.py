"""A contract ends: nobody keeps an order or a position in it, and no money is made or lost."""

from decimal import Decimal

import pytest

from connector.simulator.accounts.events import AlgoChanged, OrderChanged, position_row
from connector.simulator.errors import VenueError
from connector.simulator.market.listing import SETTLING
from connector.simulator.market.orders import BUY, SELL, OrderRequest
from tests.companions.simulator.callers import Caller
from tests.companions.simulator.conservation import conserved
from tests.companions.simulator.riskdesk import BTC, RiskDesk


def test_open_orders_expire_because_the_contract_is_delisted() -> None:
    desk = RiskDesk()
    trader = desk.trader()
    resting = trader.limit(BUY, "0.01", "50000")
    desk.events(trader)
    desk.engine.delist(BTC, desk.now_ms)
    assert desk.order_events(trader) == [("EXPIRED", "EXPIRED", 7)]
    assert not resting.is_open and not desk.listing.book.levels(BUY, 10)


@pytest.mark.parametrize("mark", ["61000", "60000.04", "57123.4567"])
def test_positions_settle_at_the_mark_without_a_fee_and_nothing_is_lost(mark: str) -> None:
    desk = RiskDesk()
    long, other = desk.long("10000", "0.5"), desk.holder(SELL, "10000", "0.2")
    desk.mark(mark)
    before, fees = long.wallet, desk.engine.clearing.house_ledger.of("USDT").fees_e8
    desk.engine.delist(BTC, desk.now_ms)
    price = Decimal(mark).quantize(Decimal("0.1"))
    assert long.wallet - before == (price - 60000) * Decimal("0.5")
    assert [trader.held() for trader in (long, other, desk.maker)] == ["0.000"] * 3
    assert desk.engine.clearing.house_ledger.of("USDT").fees_e8 == fees
    assert conserved(desk.engine)


def test_a_settlement_is_told_with_the_venues_client_id_and_new_first() -> None:
    desk = RiskDesk()
    long = desk.long("10000", "0.5", isolated=True)
    desk.mark("61000")
    desk.engine.delist(BTC, desk.now_ms)
    new, filled = desk.events(long)
    assert isinstance(new, OrderChanged) and (new.execution_type, new.status) == ("NEW", "NEW")
    assert new.order.client_order_id.startswith("settlement_autoclose-")
    assert len(new.order.client_order_id) <= 36
    assert isinstance(filled, OrderChanged) and filled.fill is not None
    assert filled.fill.account.reason == "ORDER"
    assert filled.fill.account.positions == position_row_of(desk, long.account)
    assert (filled.execution_type, filled.status) == ("CALCULATED", "FILLED")
    assert filled.fill.execution.commission_e8 == 0
    assert not long.account.forced and not desk.engine.prints


def position_row_of(desk: RiskDesk, account: object) -> tuple[object, ...]:
    """The flat row of an isolated position that gained 500 USDT."""
    long = desk.engine.accounts[account.account_id]  # type: ignore[attr-defined]
    position = long.position(desk.listing.instrument, "BOTH")
    row = position_row(position, desk.listing.mark_price.mark_e8, is_isolated=True)
    assert (row.lots, row.entry_e8, row.realised_e8, row.isolated_e8) == (0, 0, 500 * 10**8, 0)
    return (row,)


def test_both_sides_of_a_hedge_are_settled() -> None:
    desk = RiskDesk()
    hedger = desk.trader()
    desk.engine.set_hedge(hedger.id, True)
    for side, position_side in ((BUY, "LONG"), (SELL, "SHORT")):
        desk.maker.limit(-side, "0.3", "60000")
        hedger.market(side, "0.3", position_side=position_side)
    desk.mark("60500")
    desk.engine.delist(BTC, desk.now_ms)
    assert (hedger.held("LONG"), hedger.held("SHORT"), conserved(desk.engine)) == ("0.000", "0.000", True)


def test_no_order_is_taken_any_more() -> None:
    desk = RiskDesk()
    trader = desk.trader()
    desk.engine.delist(BTC, desk.now_ms)
    assert desk.listing.status == SETTLING
    with pytest.raises(VenueError, match="-4141"):
        trader.limit(BUY, "0.01", "60000")
    with pytest.raises(VenueError, match="-4141"):
        trader.place(OrderRequest(BTC, BUY, "MARKET", Decimal("0.01")))


def test_a_waiting_conditional_order_expires_with_its_contract(call: Caller) -> None:
    algo = call(
        "POST", "/fapi/v1/algoOrder", algoType="CONDITIONAL", symbol=BTC, side="SELL", type="STOP_MARKET",
        quantity="0.01", triggerPrice="50000",
    )  # fmt: skip
    call.runtime.engine.drain()
    call.runtime.engine.delist(BTC, call.runtime.now_ms())
    (event,) = call.runtime.engine.drain()
    assert isinstance(event, AlgoChanged) and (event.order.algo_id, event.status) == (algo["algoId"], "EXPIRED")
    assert call("GET", "/fapi/v1/openAlgoOrders") == []


def test_who_owes_more_than_he_has_is_paid_for_by_the_fund() -> None:
    desk = RiskDesk()
    poor = desk.long("2000", "0.5")
    desk.mark("55000")
    desk.engine.delist(BTC, desk.now_ms)
    assert poor.wallet < 0
    desk.look()
    assert poor.wallet == 0 and conserved(desk.engine)
