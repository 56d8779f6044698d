import asyncio

from connector.core.enums import StreamKind
from connector.exchange.assemble import assemble_market
from connector.simulator.server import LocalExchange
from connector.venue.domains import LOCAL
from tests.companions.local_trading import PAIR, Trader, until
from tests.companions.virtual_time import loop_clock


async def test_a_market_is_followed_on_both_its_routes_without_a_key(venue: LocalExchange, trader: Trader) -> None:
    components = assemble_market(LOCAL.at(venue.rest, venue.stream, venue.ws_api), (PAIR,), loop_clock())
    followed, streams = components.feed.add("BTCUSDT", PAIR), components.streams
    for source in (streams.books, streams.mark_trades):
        source.add(("BTCUSDT",))
    running = [asyncio.create_task(source.run()) for source in (streams.books, streams.mark_trades)]
    await until(lambda: followed.last_frame_ms(StreamKind.MARK_PRICE) > 0, "a mark price")
    await until(lambda: followed.book.best_bid is not None, "a book")
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await components.http.close()
