import pytest

from connector.simulator.errors import VenueError
from connector.simulator.market.orders import BUY, FOK, SELL
from connector.simulator.matching.matching import crosses, fillable_lots
from tests.companions.simulator.traders import Desk


def test_a_taker_walks_the_levels_from_the_best_on() -> None:
    desk = Desk()
    maker, taker = desk.trader(), desk.trader()
    maker.limit(SELL, "0.01", "60002")
    maker.limit(SELL, "0.01", "60001")
    order = taker.limit(BUY, "0.015", "60002", "IOC")
    assert [(trade.ticks, trade.lots) for trade in taker.trades] == [(600_010, 10), (600_020, 5)]
    assert order.status == "FILLED"


def test_at_one_price_the_older_order_trades_first() -> None:
    desk = Desk()
    early, late, taker = desk.trader(), desk.trader(), desk.trader()
    first, second = early.limit(BUY, "0.01", "60000"), late.limit(BUY, "0.01", "60000")
    taker.market(SELL, "0.012")
    assert (first.filled_lots, second.filled_lots) == (10, 2)


def test_a_trade_is_at_the_makers_price() -> None:
    desk = Desk()
    maker, taker = desk.trader(), desk.trader()
    maker.limit(SELL, "0.01", "60000")
    taker.limit(BUY, "0.01", "60050")
    assert maker.trades[0].ticks == taker.trades[0].ticks == 600_000


@pytest.mark.parametrize(
    ("mode", "maker_end", "taker_end"),
    [
        ("EXPIRE_MAKER", ("EXPIRED_IN_MATCH", 1), ("NEW", 0)),
        ("EXPIRE_TAKER", ("NEW", 0), ("EXPIRED_IN_MATCH", 1)),
        ("EXPIRE_BOTH", ("EXPIRED_IN_MATCH", 1), ("EXPIRED_IN_MATCH", 1)),
    ],
)
def test_nobody_trades_with_himself(mode: str, maker_end: tuple[str, int], taker_end: tuple[str, int]) -> None:
    desk = Desk()
    trader = desk.trader()
    maker = trader.limit(SELL, "0.01", "60000")
    taker = trader.limit(BUY, "0.01", "60000", self_trade_prevention=mode)
    assert (maker.status, maker.expiry_reason) == maker_end
    assert (taker.status, taker.expiry_reason) == taker_end
    assert not trader.trades


def test_an_ioc_that_ends_by_self_trade_prevention_says_so() -> None:
    desk = Desk()
    trader = desk.trader()
    trader.limit(SELL, "0.01", "60000")
    taker = trader.limit(BUY, "0.01", "60000", "IOC", self_trade_prevention="EXPIRE_TAKER")
    assert (taker.status, taker.expiry_reason) == ("EXPIRED_IN_MATCH", 3)


def test_after_its_own_order_is_gone_the_taker_trades_with_others() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    own = trader.limit(SELL, "0.01", "60000")
    other.limit(SELL, "0.01", "60001")
    taker = trader.limit(BUY, "0.01", "60001")
    assert (own.status, taker.status) == ("EXPIRED_IN_MATCH", "FILLED")


def test_an_order_crosses_where_the_best_price_is_within_its_own() -> None:
    desk = Desk()
    desk.trader().limit(SELL, "0.01", "60000")
    book = desk.listing.book
    assert crosses(book, BUY, 600_000) and not crosses(book, BUY, 599_999)


@pytest.mark.parametrize(("mode", "fillable"), [("EXPIRE_MAKER", 60), ("EXPIRE_TAKER", 20), ("EXPIRE_BOTH", 20)])
def test_what_could_be_filled_ends_where_an_own_order_would_end_it(mode: str, fillable: int) -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    other.limit(SELL, "0.02", "60000")
    trader.limit(SELL, "0.01", "60001")
    other.limit(SELL, "0.04", "60002")
    other.limit(SELL, "0.08", "60003")
    taker = trader.limit(BUY, "1", "59000", self_trade_prevention=mode)
    taker.price_ticks = 600_020
    assert fillable_lots(desk.engine.clearing, desk.listing, taker) == fillable


def test_what_could_be_filled_leaves_out_reducers_that_the_walk_itself_ends() -> None:
    desk = Desk()
    trader, other, third = desk.trader(), desk.trader(), desk.trader()
    other.limit(SELL, "0.01", "60000")
    trader.market(BUY, "0.01")
    trader.limit(SELL, "0.01", "60050")
    trader.limit(SELL, "0.01", "60100", reduce_only=True)
    with pytest.raises(VenueError, match="-5021"):
        third.limit(BUY, "0.02", "60200", FOK)
    assert third.limit(BUY, "0.01", "60200", FOK).status == "FILLED"


def test_who_trades_with_himself_keeps_the_orders_that_reduce_his_position() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    other.limit(SELL, "0.01", "60000")
    trader.market(BUY, "0.01")
    trader.limit(SELL, "0.01", "60050")
    reducer = trader.limit(SELL, "0.01", "60100", reduce_only=True)
    assert trader.limit(BUY, "0.02", "60200", FOK, self_trade_prevention="NONE").status == "FILLED"
    assert (reducer.status, trader.held()) == ("FILLED", "0.010")


@pytest.mark.parametrize(
    ("mode", "maker_end", "taker_end"),
    [
        ("EXPIRE_MAKER", "EXPIRED_IN_MATCH", "NEW"),
        ("EXPIRE_TAKER", "NEW", "EXPIRED_IN_MATCH"),
        ("EXPIRE_BOTH", "EXPIRED_IN_MATCH", "EXPIRED_IN_MATCH"),
        ("NONE", "FILLED", "FILLED"),
    ],
)
def test_accounts_of_one_owner_are_as_one_account(mode: str, maker_end: str, taker_end: str) -> None:
    desk = Desk()
    one, other = desk.trader(), desk.trader()
    desk.engine.join_owner(other.id, one.id)
    maker = one.limit(SELL, "0.01", "60000")
    taker = other.limit(BUY, "0.01", "60000", self_trade_prevention=mode)
    assert (maker.status, taker.status) == (maker_end, taker_end)


def test_a_fok_does_not_count_on_the_orders_of_its_owners_other_accounts() -> None:
    desk = Desk()
    one, other, stranger = desk.trader(), desk.trader(), desk.trader()
    desk.engine.join_owner(other.id, one.id)
    stranger.limit(SELL, "0.01", "60000")
    kept = one.limit(SELL, "0.01", "60001")
    with pytest.raises(VenueError, match="-5021"):
        other.limit(BUY, "0.02", "60002", FOK)
    assert kept.is_open
