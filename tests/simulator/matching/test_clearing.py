from decimal import Decimal

from connector.simulator.market.orders import BUY, LONG, MARKET, SELL, OrderRequest
from tests.companions.simulator.traders import BTC, Desk


def test_maker_and_taker_pay_their_own_fee() -> None:
    desk = Desk()
    maker, taker = desk.trader(), desk.trader()
    maker.limit(BUY, "0.01", "60000")
    taker.market(SELL, "0.01")
    assert maker.wallet == 100_000 - Decimal("0.12")
    assert taker.wallet == 100_000 - Decimal("0.3")
    assert desk.engine.clearing.house_ledger.of("USDT").fees_e8 == 42_000_000


def test_a_fee_is_booked_to_eight_decimals_halves_up() -> None:
    desk = Desk()
    maker, taker = desk.trader(), desk.trader()
    maker.limit(BUY, "0.001", "60000.1")
    taker.market(SELL, "0.001")
    assert maker.trades[0].commission_e8 == 1_200_002
    assert taker.trades[0].commission_e8 == 3_000_005


def test_realised_profit_is_gross_of_the_fee() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    other.limit(SELL, "0.01", "60000")
    trader.market(BUY, "0.01")
    other.limit(BUY, "0.01", "60100")
    trader.market(SELL, "0.01")
    opened, closed = trader.trades
    assert (opened.realised_e8, closed.realised_e8) == (0, 10**8)
    assert trader.wallet == 100_000 + 1 - Decimal("0.3") - Decimal("0.3005")


def test_after_a_flip_the_break_even_price_knows_only_the_fee_of_what_was_opened() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    other.limit(SELL, "0.1", "60000")
    trader.market(BUY, "0.1")
    other.limit(BUY, "0.101", "60000")
    trader.market(SELL, "0.101")
    position = trader.account.position(desk.listing.instrument, "BOTH")
    assert (position.lots, position.break_even_e8()) == (-1, 59_970 * 10**8)


def test_closing_a_part_leaves_the_break_even_price_of_the_rest() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    other.limit(SELL, "0.1", "60000")
    trader.market(BUY, "0.1")
    other.limit(BUY, "0.05", "60000")
    trader.market(SELL, "0.05")
    assert trader.account.position(desk.listing.instrument, "BOTH").break_even_e8() == 60_030 * 10**8


def test_reduce_only_orders_go_when_the_position_no_longer_covers_them() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    other.limit(SELL, "0.01", "60000")
    trader.market(BUY, "0.01")
    near = trader.limit(SELL, "0.006", "60100", reduce_only=True)
    far = trader.limit(SELL, "0.004", "60200", reduce_only=True)
    other.limit(BUY, "0.003", "59990")
    desk.events(trader)
    trader.market(SELL, "0.003")
    assert (near.status, far.status, far.expiry_reason) == ("NEW", "EXPIRED", 4)
    assert ("EXPIRED", "EXPIRED", 4) in desk.order_events(trader)


def test_a_resting_reduce_only_order_ends_in_the_midst_of_a_sweep() -> None:
    desk = Desk()
    trader, other, third = desk.trader(), desk.trader(), desk.trader()
    other.limit(SELL, "0.01", "60000")
    trader.market(BUY, "0.01")
    trader.limit(SELL, "0.01", "60050")
    reducer = trader.limit(SELL, "0.01", "60100", reduce_only=True)
    sweep = third.limit(BUY, "0.02", "60200", "IOC")
    assert (reducer.status, reducer.filled_lots, reducer.expiry_reason) == ("EXPIRED", 0, 4)
    assert (sweep.filled_lots, trader.held()) == (10, "0.000")


def test_hedge_pushes_name_a_flat_net_row_beside_both_sides() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    desk.engine.set_hedge(trader.id, True)
    other.limit(SELL, "0.01", "60000")
    trader.market(BUY, "0.01", position_side=LONG)
    events = [change for change in desk.account_changes(trader) if change.positions]
    assert [(row.position_side, row.lots) for row in events[0].positions] == [
        ("BOTH", 0),
        ("LONG", 10),
        ("SHORT", 0),
    ]


def test_the_backgrounds_own_accounts_hear_and_keep_nothing() -> None:
    desk = Desk()
    house = desk.engine.open_account(10**15, desk.now_ms, is_house=True)
    trader = desk.trader()
    trader.limit(BUY, "0.01", "60000")
    desk.engine.place(house.account_id, OrderRequest(BTC, SELL, MARKET, Decimal("0.01")), desk.now_ms)
    assert all(event.account_id == trader.id for event in desk.engine.drain())
    assert (len(house.trades), len(house.income), len(house.orders)) == (0, 0, 0)
    assert desk.imbalances() == {}
