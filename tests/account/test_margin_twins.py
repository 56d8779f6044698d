"""The connector's reckoning of collateral and the exchange's come to the same sum, whatever is held and ordered."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.account.collateral import MarginTerms, MarketPrices, OpeningOrder, pair_margin
from connector.core.enums import PositionMode, PositionSide, TradeType
from connector.simulator.accounts.margin import charge
from connector.simulator.accounts.open_order_margin import market_claim
from connector.simulator.market.orders import BUY, LIMIT, SELL, OrderRequest
from connector.venue.contracts import LINEAR
from tests.companions.simulator.traders import BTC, Desk

D = Decimal
SIDES = {BUY: TradeType.BUY, SELL: TradeType.SELL}
BID, ASK, LAST = D(59_980), D(60_030), D(60_010)

orders = st.lists(
    st.tuples(st.sampled_from([BUY, SELL]), st.integers(1, 3_000), st.integers(-4_000, 4_000)), max_size=6
)


@settings(max_examples=150, deadline=None)
@given(
    hedge=st.booleans(),
    long=st.integers(-2_000, 2_000),
    short=st.integers(0, 2_000),
    mark=st.integers(59_000, 61_000),
    waiting=orders,
    taking=st.sampled_from([BUY, SELL, None]),
)
def test_positions_and_orders_take_the_same_margin_on_both_sides(
    hedge: bool, long: int, short: int, mark: int, waiting: list[tuple[int, int, int]], taking: int | None
) -> None:
    desk = Desk()
    trader = desk.trader("100000000")
    maker = desk.trader("100000000")
    maker.limit(SELL, "0.001", str(LAST))
    desk.trader("1000").market(BUY, "0.001")
    account, row = trader.account, desk.listing.instrument
    account.hedge = hedge
    held = {"LONG": abs(long), "SHORT": -short} if hedge else {"BOTH": long}
    for position_side, lots in held.items():
        if lots:
            account.position(row, position_side).trade(1 if lots > 0 else -1, abs(lots), 600_000)
    desk.mark("60000")
    ours = []
    for side, lots, offset in waiting:
        name = ("LONG" if side == BUY else "SHORT") if hedge else "BOTH"
        price = D(60_000 + offset) if side * offset < 0 else D(60_000 - offset)
        quantity = lots * D("0.001")
        trader.place(OrderRequest(BTC, side, LIMIT, quantity, price, position_side=name))
        ours.append(OpeningOrder(SIDES[side], quantity, price))
    maker.limit(BUY, "9", str(BID))
    maker.limit(SELL, "9", str(ASK))
    desk.mark(str(mark))
    names = account.sides()
    extra = None
    if taking is not None:
        name = ("LONG" if taking == BUY else "SHORT") if hedge else "BOTH"
        extra = market_claim(taking, name, 500, desk.listing)
        ours.append(OpeningOrder(SIDES[taking], D("0.5"), None))
    book = desk.listing.book
    best_bid, best_ask = (D(ticks) * row.tick for ticks in (book.best(BUY) or 0, book.best(SELL) or 0))
    prices = MarketPrices(D(mark), LAST, best_bid, best_ask)
    mode = PositionMode.HEDGE if hedge else PositionMode.ONEWAY
    taken = pair_margin(
        {PositionSide[side]: lots * D("0.001") for side, lots in held.items()},
        ours,
        MarginTerms(LINEAR, D(1), mode, 20, prices),
    )
    rows = [
        charge(account, desk.listing, side, extra if extra and extra.position_side == side else None) for side in names
    ]
    theirs = D(sum(one.initial_e8 for one in rows)).scaleb(-8)
    assert abs(taken.total - theirs) < D("0.00000010")
