"""Hummingbot's order books: one object a pair for life, equal to ours as of the same id, before and after a cut."""

from decimal import Decimal
from typing import Any

from hummingbot.core.data_type.order_book import OrderBook
from hummingbot.core.event.event_listener import EventListener
from hummingbot.core.event.events import OrderBookEvent

from connector.simulator.market.orders import BUY, SELL
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, Trader, until
from tests.hummingbot.host import running

D = Decimal


def both(bot: Any) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Levels of theirs and of ours, as of one id."""
    theirs, ours = bot.get_order_book(PAIR), bot.exchange.get_order_book(PAIR)
    assert theirs.last_diff_uid == ours.last_diff_uid
    return (
        [(row.price, row.amount) for side in (theirs.bid_entries(), theirs.ask_entries()) for row in side],
        [(row.price, row.amount) for side in (ours.bid_entries(), ours.ask_entries()) for row in side],
    )


async def test_a_book_equals_ours_as_of_the_same_id_while_it_changes(
    bot: Any, trader: Trader, venue: LocalExchange
) -> None:
    seen, taker = set(), Trader(venue)
    for step in range(20):
        trader.quote(BUY, str(59_900 - step), "0.5")
        trader.quote(SELL, str(60_100 + step), "0.5")
        if step % 3 == 0:
            taker.take(BUY, "0.6")
        await until(lambda: bot.get_order_book(PAIR).last_diff_uid not in seen, "a change")
        theirs, ours = both(bot)
        assert theirs == ours
        seen.add(bot.get_order_book(PAIR).last_diff_uid)
    assert len(seen) == 20


async def test_a_book_is_the_same_object_and_right_again_after_a_cut(
    bot: Any, trader: Trader, venue: LocalExchange
) -> None:
    book = bot.get_order_book(PAIR)
    trader.quote(BUY, "59991", "2")
    await until(lambda: bot.get_price(PAIR, False) == 59_991, "the bid")
    venue.faults.arm("cut_sockets")
    Trader(venue).take(SELL, "2.5")
    trader.quote(BUY, "59985", "3")
    await until(lambda: not bot.ready, "the cut")
    await until(lambda: bot.ready, "ready again")
    assert bot.get_order_book(PAIR) is book
    theirs, ours = both(bot)
    assert theirs == ours
    assert (59_991.0, 2.0) not in theirs and (59_985.0, 3.0) in theirs


async def test_a_gap_in_depth_leaves_no_level_behind(bot: Any, trader: Trader, venue: LocalExchange) -> None:
    trader.quote(BUY, "59950", "2")
    await until(lambda: (59_950.0, 2.0) in both(bot)[0], "the level")
    venue.faults.arm("drop_depth")
    Trader(venue).take(SELL, "1")
    trader.quote(BUY, "59975", "7")
    await until(lambda: bot.ready and (59_975.0, 7.0) in both(bot)[0], "the new level")
    theirs, ours = both(bot)
    assert theirs == ours


async def test_whoever_holds_a_book_sees_it_brought_up_to_date_at_every_tick(bot: Any, trader: Trader) -> None:
    book: OrderBook = bot.order_books[PAIR]
    trader.quote(BUY, "59992", "2")
    await until(lambda: book.get_price(False) == 59_992, "the tick")


async def test_a_stop_and_a_start_keep_the_book_object(idle: Any, trader: Trader) -> None:
    async with running(idle):
        book = idle.get_order_book(PAIR)
    trader.quote(BUY, "59993", "2")
    async with running(idle):
        assert idle.get_order_book(PAIR) is book
        await until(lambda: idle.get_price(PAIR, False) == 59_993, "the new bid")


class Trades(EventListener):
    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Any] = []

    def __call__(self, event: Any) -> None:
        self.heard.append(event)


async def test_trades_are_told_to_whoever_listens_each_once_and_in_order(bot: Any, venue: LocalExchange) -> None:
    trades, book, trader = Trades(), bot.get_order_book(PAIR), Trader(venue)
    trader.take(BUY, "0.01")
    await until(lambda: book.last_trade_price == 60_010, "a trade that nobody listens to")
    book.add_listener(OrderBookEvent.TradeEvent, trades)
    await until(lambda: bot._books._written[PAIR]._tells, "the tick")
    trader.take(BUY, "0.02")
    trader.take(SELL, "0.03")
    await until(lambda: len(trades.heard) == 2, "two trades")
    told = [(trade.price, trade.amount, trade.type.name, trade.trading_pair) for trade in trades.heard]
    assert told == [(60_010.0, 0.02, "BUY", PAIR), (59_990.0, 0.03, "SELL", PAIR)]
    assert book.last_trade_price == 59_990
    book.remove_listener(OrderBookEvent.TradeEvent, trades)
    await until(lambda: not bot._books._written[PAIR]._tells, "nobody listens")
