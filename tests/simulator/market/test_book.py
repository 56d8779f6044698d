from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from connector.simulator.market.book import Book
from connector.simulator.market.orders import BUY, SELL, Order


def resting(order_id: int, side: int, ticks: int, lots: int) -> Order:
    return Order(
        order_id=order_id,
        account_id=1,
        symbol="BTCUSDT",
        client_order_id=str(order_id),
        side=side,
        kind="LIMIT",
        time_in_force="GTC",
        price_ticks=ticks,
        lots=lots,
        reduce_only=False,
        closes=False,
        position_side="BOTH",
        self_trade_prevention="EXPIRE_MAKER",
        price_match="NONE",
        good_till_ms=0,
        created_ms=0,
        updated_ms=0,
    )


def book() -> Book:
    return Book(count(100).__next__)


def test_the_better_price_trades_first_then_the_older_order() -> None:
    asks = book()
    for order_id, ticks in ((1, 101), (2, 100), (3, 100)):
        asks.add(resting(order_id, SELL, ticks, 5))
    assert [order.order_id for order in asks.orders_from_best(SELL)] == [2, 3, 1]
    first = asks.first(SELL)
    assert first is not None and first.order_id == 2


def test_the_top_of_a_side_is_its_first_level_and_none_where_it_is_empty() -> None:
    both = book()
    assert both.top(BUY) is None
    for order_id, side, ticks, lots in ((1, BUY, 98, 5), (2, BUY, 99, 2), (3, BUY, 99, 4), (4, SELL, 101, 7)):
        both.add(resting(order_id, side, ticks, lots))
    assert (both.top(BUY), both.top(SELL)) == ((99, 6), (101, 7))
    assert [both.top(BUY)] == both.levels(BUY, 1)


def test_both_sides_list_their_best_level_first() -> None:
    both = book()
    for order_id, (side, ticks) in enumerate([(BUY, 98), (BUY, 99), (SELL, 102), (SELL, 101)]):
        both.add(resting(order_id, side, ticks, 3))
    assert both.levels(BUY, 10) == [(99, 3), (98, 3)]
    assert both.levels(SELL, 1) == [(101, 3)]
    assert (both.best(BUY), both.best(SELL)) == (99, 101)


def test_a_partly_taken_order_keeps_its_place() -> None:
    asks = book()
    early, late = resting(1, SELL, 100, 5), resting(2, SELL, 100, 5)
    asks.add(early)
    asks.add(late)
    asks.take(early, 2)
    early.filled_lots += 2
    assert asks.first(SELL) is early
    assert asks.lots_at(SELL, 100) == 8


def test_every_change_of_a_level_has_an_update_id_of_its_own() -> None:
    bids = book()
    before = bids.update_id
    order = resting(1, BUY, 99, 5)
    bids.add(order)
    bids.remove(order)
    assert bids.update_id == before + 2
    assert bids.changes() == (before + 1, [(99, 0)])
    assert bids.changes()[1] == []


@given(st.lists(st.tuples(st.sampled_from([BUY, SELL]), st.integers(1, 9), st.integers(1, 5)), max_size=40))
def test_levels_are_the_sums_of_their_orders_whatever_comes_and_goes(rows: list[tuple[int, int, int]]) -> None:
    tested = book()
    orders = [resting(number, *row) for number, row in enumerate(rows)]
    for order in orders:
        tested.add(order)
    for order in orders[::2]:
        tested.remove(order)
    for side in (BUY, SELL):
        expected: dict[int, int] = {}
        for order in orders[1::2]:
            if order.side == side:
                expected[order.price_ticks] = expected.get(order.price_ticks, 0) + order.lots
        assert tested.levels(side, 100) == sorted(expected.items(), key=lambda level: -side * level[0])
