import pytest

from connector.simulator.accounts.events import AccountChanged
from connector.simulator.accounts.records import FUNDING_FEE
from connector.simulator.market.orders import BUY, LONG, SELL, SHORT
from tests.companions.simulator.traders import BTC, Desk


def settle(desk: Desk) -> None:
    desk.engine.settle_funding(desk.listing, desk.now_ms, desk.now_ms)


def test_longs_pay_shorts_at_the_mark_when_the_rate_is_positive() -> None:
    desk = Desk()
    long, short = desk.trader(), desk.trader()
    short.limit(SELL, "0.1", "60000")
    long.market(BUY, "0.1")
    desk.mark("61000")
    before = (long.wallet, short.wallet)
    settle(desk)
    assert (long.wallet - before[0]) * 10_000 == -6_100
    assert (short.wallet - before[1]) * 10_000 == 6_100
    assert desk.imbalances() == {}


def test_a_payment_is_told_with_its_symbol_and_without_positions() -> None:
    desk = Desk()
    long, short = desk.trader(), desk.trader()
    short.limit(SELL, "0.1", "60000")
    long.market(BUY, "0.1")
    desk.events(long)
    settle(desk)
    (event,) = desk.events(long)
    assert isinstance(event, AccountChanged)
    assert (event.reason, event.funding_symbol, event.positions) == ("FUNDING_FEE", BTC, ())
    (row,) = event.balances
    assert (row.change_e8, row.wallet_e8) == (-60_000_000, long.account.wallet_e8)


def test_flat_accounts_pay_and_hear_nothing() -> None:
    desk = Desk()
    trader = desk.trader()
    desk.events(trader)
    settle(desk)
    assert desk.events(trader) == []
    assert [row.kind for row in trader.income] == ["TRANSFER"]


def test_each_side_of_a_hedge_pays_for_itself() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    desk.engine.set_hedge(trader.id, True)
    other.limit(SELL, "0.1", "60000")
    trader.market(BUY, "0.1", position_side=LONG)
    other.limit(BUY, "0.1", "60000")
    trader.market(SELL, "0.1", position_side=SHORT)
    settle(desk)
    paid = [row.amount_e8 for row in trader.income if row.kind == FUNDING_FEE]
    assert sorted(paid) == [-60_000_000, 60_000_000]


@pytest.mark.parametrize("first", [LONG, SHORT])
def test_the_sides_of_a_hedge_pay_in_the_order_in_which_they_were_opened(first: str) -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    desk.engine.set_hedge(trader.id, True)
    for side in (first, SHORT if first == LONG else LONG):
        other.limit(SELL if side == LONG else BUY, "0.1", "60000")
        trader.market(BUY if side == LONG else SELL, "0.1", position_side=side)
    settle(desk)
    paid = [row.amount_e8 for row in trader.income if row.kind == FUNDING_FEE]
    assert paid == ([-60_000_000, 60_000_000] if first == LONG else [60_000_000, -60_000_000])


def test_funding_moves_the_break_even_price() -> None:
    desk = Desk()
    long, short = desk.trader(), desk.trader()
    short.limit(SELL, "0.1", "60000")
    long.market(BUY, "0.1")
    position = long.account.position(desk.listing.instrument, "BOTH")
    before_e8 = position.break_even_e8()
    settle(desk)
    assert position.break_even_e8() - before_e8 == 6 * 10**8


def test_what_rounding_leaves_between_payers_and_receivers_is_the_exchanges() -> None:
    desk = Desk()
    long, shorts = desk.trader(), [desk.trader(), desk.trader()]
    for short in shorts:
        short.limit(SELL, "0.001", "60000")
    long.market(BUY, "0.002")
    desk.mark("60000.06")
    settle(desk)
    assert desk.engine.clearing.house_ledger.of("USDT").funding_e8 == -1
    assert desk.imbalances() == {}


def test_a_special_settlement_pays_by_its_own_rate_beside_the_schedule() -> None:
    desk = Desk()
    long, short = desk.trader(), desk.trader()
    short.limit(SELL, "0.1", "60000")
    long.market(BUY, "0.1")
    desk.mark("60000")
    before = long.wallet
    next_ms = desk.listing.mark_price.next_funding_ms
    settlement = desk.engine.settle_special(BTC, 500_000, desk.now_ms)
    assert (settlement.is_special, settlement.rate_e8) == (True, 500_000)
    assert (long.wallet - before) * 100 == -3_000
    assert [row.kind for row in long.income][-1] == "SPECIAL_FUNDING_FEE"
    assert desk.listing.mark_price.next_funding_ms == next_ms
    assert desk.imbalances() == {}
