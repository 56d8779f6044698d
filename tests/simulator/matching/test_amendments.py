from collections.abc import Callable
from decimal import Decimal

import pytest

from connector.simulator.accounts.events import OrderChanged
from connector.simulator.errors import VenueError
from connector.simulator.market.orders import BUY, GTX, SELL, AmendRequest, Order
from tests.companions.simulator.traders import BTC, Desk, Trader


def amend(trader: Trader, order: Order, quantity: str, price: str | None, **terms: object) -> Order:
    ask = AmendRequest(
        BTC,
        order.order_id,
        None,
        **{"side": order.side, "quantity": Decimal(quantity), "price": Decimal(price) if price else None, **terms},  # type: ignore[arg-type]
    )
    return trader.desk.engine.amend(trader.id, ask, trader.desk.now_ms)


def refused(deed: Callable[[], object]) -> int:
    with pytest.raises(VenueError) as refusal:
        deed()
    return refusal.value.code


def test_a_changed_order_stands_at_its_new_price_with_its_new_quantity() -> None:
    desk = Desk()
    trader = desk.trader()
    order = trader.limit(BUY, "0.01", "60000")
    assert amend(trader, order, "0.02", "59990", modify_id=7) is order
    assert desk.listing.book.levels(BUY, 5) == [(599_900, 20)]
    events = [change for change in desk.events(trader) if isinstance(change, OrderChanged)]
    assert [(change.execution_type, change.modify_id) for change in events] == [("NEW", None), ("AMENDMENT", 7)]


def test_whatever_changes_the_order_goes_to_the_end_of_its_queue() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    mine, theirs = trader.limit(BUY, "0.02", "60000"), other.limit(BUY, "0.02", "60000")
    amend(trader, mine, "0.01", "60000")
    desk.trader().market(SELL, "0.02")
    assert (theirs.status, mine.filled_lots) == ("FILLED", 0)


def test_a_new_price_that_crosses_trades() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    other.limit(SELL, "0.004", "60010")
    order = trader.limit(BUY, "0.01", "60000")
    amend(trader, order, "0.01", "60010")
    assert (order.status, order.filled_lots, order.rests) == ("PARTIALLY_FILLED", 4, True)
    assert not trader.trades[0].is_maker


def test_a_quantity_that_is_filled_already_cancels_the_order() -> None:
    desk = Desk()
    trader = desk.trader()
    order = trader.limit(BUY, "0.02", "60000")
    desk.trader().market(SELL, "0.01")
    assert amend(trader, order, "0.01", "60000").status == "CANCELED"
    assert desk.listing.book.best(BUY) is None


def test_a_post_only_order_that_would_take_is_cancelled() -> None:
    desk = Desk()
    trader = desk.trader()
    desk.trader().limit(SELL, "0.01", "60010")
    order = trader.limit(BUY, "0.01", "60000", GTX)
    assert amend(trader, order, "0.01", "60010").status == "CANCELED"
    assert not trader.trades


def test_a_refused_change_leaves_the_order_as_it_was() -> None:
    desk = Desk()
    trader = desk.trader("1000")
    order = trader.limit(BUY, "0.1", "60000")
    sums = trader.account.open_of(BTC, "BOTH")
    for quantity, price, code in (
        ("0.1", "60000", -5027),
        ("0.1", "60000.05", -4014),
        ("0.0004", "60000", -1111),
        ("0.001", "49000", -5029),
        ("0.5", "60000", -2019),
        ("0.1", "70000", -4016),
    ):
        assert refused(lambda q=quantity, p=price: amend(trader, order, q, p)) == code
    assert (order.price_ticks, order.lots, order.is_open, order.rests) == (600_000, 100, True, True)
    assert (sums.count, sums.bids.lots, desk.listing.book.levels(BUY, 1)) == (1, 100, [(600_000, 100)])


def test_only_ones_own_open_limit_orders_are_changed_on_their_side() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    order = trader.limit(BUY, "0.01", "60000")
    assert refused(lambda: amend(other, order, "0.01", "59000")) == -2013
    assert refused(lambda: amend(trader, order, "0.01", "59000", side=SELL)) == -1117
    assert refused(lambda: amend(trader, order, "0.01", "59000", reduce_only=True)) == -5047
    desk.listing.status = "TRADING_HALT"
    assert refused(lambda: amend(trader, order, "0.01", "59000")) == -5024
    desk.listing.status = "TRADING"
    trader.cancel(order)
    assert refused(lambda: amend(trader, order, "0.01", "59000")) == -2013
    other.limit(SELL, "0.01", "60000")
    assert refused(lambda: amend(trader, trader.market(BUY, "0.01"), "0.01", "59000")) == -5025


def test_the_ten_thousand_and_first_change_is_refused() -> None:
    desk = Desk()
    trader = desk.trader()
    order = trader.limit(BUY, "0.01", "60000")
    order.amendments = 10_000
    assert refused(lambda: amend(trader, order, "0.01", "59000")) == -5026


def test_a_reduce_only_order_is_still_cut_to_the_position() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    other.limit(SELL, "0.02", "60000")
    trader.market(BUY, "0.02")
    trader.limit(SELL, "0.005", "61000", reduce_only=True)
    order = trader.limit(SELL, "0.01", "61000", reduce_only=True)
    assert amend(trader, order, "0.05", "61500", reduce_only=True).lots == 15


def test_a_reduce_only_order_is_spared_the_least_notional_where_its_change_says_that_it_is_one() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    other.limit(BUY, "0.02", "60000")
    trader.market(SELL, "0.02")
    order = trader.limit(BUY, "0.01", "49000", reduce_only=True)
    assert refused(lambda: amend(trader, order, "0.001", "49000")) == -5029
    assert amend(trader, order, "0.001", "49000", reduce_only=True).lots == 1


def test_a_matched_price_follows_the_book() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    other.limit(BUY, "0.01", "60005")
    order = trader.limit(BUY, "0.01", "60000")
    assert amend(trader, order, "0.01", None, price_match="QUEUE").price_ticks == 600_050
    assert order.price_match == "QUEUE"


def test_the_changes_of_an_order_are_kept_and_counted() -> None:
    desk = Desk()
    trader = desk.trader()
    order = trader.limit(BUY, "0.01", "60000")
    amend(trader, order, "0.02", "60000", modify_id=1)
    amend(trader, order, "0.02", "59000")
    rows = list(trader.account.amendments[BTC, order.order_id])
    assert [(row.ticks, row.lots, row.count, row.modify_id) for row in rows] == [
        ((600_000, 600_000), (10, 20), 1, 1),
        ((600_000, 590_000), (20, 20), 2, None),
    ]
