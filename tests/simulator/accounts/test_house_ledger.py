from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import E8
from connector.simulator.market.orders import FILLED, FOK, GTC, GTX, IOC, LIMIT, MARKET, OrderRequest
from tests.companions.simulator.traders import BTC, Desk, Trader

orders = st.builds(
    OrderRequest,
    symbol=st.sampled_from([BTC, BTC, "ETHUSDT"]),
    side=st.sampled_from([1, -1]),
    kind=st.just(LIMIT),
    quantity=st.integers(1, 400).map(lambda lots: lots * Decimal("0.001")),
    price=st.integers(-60, 60).map(lambda offset: Decimal(60_000) + offset),
    time_in_force=st.sampled_from([GTC, GTC, GTC, IOC, FOK, GTX]),
    reduce_only=st.sampled_from([False, False, False, True]),
    self_trade_prevention=st.sampled_from(["EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH"]),
)
deeds = st.one_of(
    st.tuples(st.integers(0, 2), orders),
    st.tuples(st.integers(0, 2), orders),
    st.tuples(st.integers(0, 2), st.just("market buy")),
    st.tuples(st.integers(0, 2), st.just("cancel all")),
    st.tuples(st.integers(0, 2), st.just("funding")),
    st.tuples(st.integers(0, 2), st.just("withdraw")),
    st.tuples(st.integers(0, 2), st.sampled_from(["59000.7", "60000", "61234.5"])),
)


def do(desk: Desk, trader: Trader, deed: object) -> None:
    if isinstance(deed, OrderRequest):
        price = deed.price if deed.symbol == BTC or deed.price is None else deed.price - 57_000
        order = trader.place(
            OrderRequest(
                deed.symbol,
                deed.side,
                deed.kind,
                deed.quantity,
                price,
                deed.time_in_force,
                deed.reduce_only,
                self_trade_prevention=deed.self_trade_prevention,
            )
        )
        assert deed.time_in_force != FOK or order.status == FILLED
    elif deed == "market buy":
        trader.place(OrderRequest(BTC, 1, MARKET, Decimal("0.037")))
    elif deed == "cancel all":
        desk.engine.cancel_all(trader.id, BTC, desk.now_ms)
    elif deed == "funding":
        desk.engine.settle_funding(desk.listing, desk.now_ms, desk.now_ms)
    elif deed == "withdraw":
        desk.engine.transfer(trader.id, -7 * E8, desk.now_ms)
    else:
        desk.mark(str(deed))


@settings(max_examples=150, deadline=None)
@given(st.lists(deeds, max_size=60), st.booleans())
def test_no_money_is_made_or_lost_whatever_is_done(rows: list[tuple[int, object]], hedge: bool) -> None:
    desk = Desk()
    traders = [desk.trader(deposit) for deposit in ("100000", "3000", "250.5")]
    if hedge:
        desk.engine.set_hedge(traders[2].id, True)
    for who, deed in rows:
        desk.now_ms += 1
        refused = None
        try:
            do(desk, traders[who], deed)
        except VenueError as refusal:
            refused = refusal.code
        assert refused is None or refused < 0
        assert desk.imbalances() == {}
    for trader in traders:
        account = trader.account
        assert account.wallet_e8 == sum(row.amount_e8 for row in trader.income)
        resting = {order.order_id for orders in account.open_orders.values() for order in orders.values()}
        assert resting == {order.order_id for order in account.orders.values() if order.is_open}
        for (symbol, side), value in account.open_value.items():
            open_orders = account.orders_of(symbol).values()
            assert value == sum(row.open_lots * row.price_ticks for row in open_orders if row.side == side)
    for symbol, listing in desk.engine.listings.items():
        sides = ("BOTH", "LONG", "SHORT")
        held = [trader.account.positions.get((symbol, side)) for trader in traders for side in sides]
        assert sum(position.lots for position in held if position) == 0
        bid, ask = listing.book.best(1), listing.book.best(-1)
        assert bid is None or ask is None or bid < ask
