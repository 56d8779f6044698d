from connector.core.enums import StreamKind
from connector.exchange.assemble import assemble_market
from connector.simulator.server import LocalExchange
from connector.venue.domains import LOCAL
from tests.companions.local_trading import PAIR
from tests.companions.virtual_time import loop_clock


async def test_both_routes_of_a_market_feed_the_same_feed(venue: LocalExchange) -> None:
    components = assemble_market(LOCAL.at(venue.rest, venue.stream, venue.ws_api), (PAIR,), loop_clock())
    streams = components.streams
    followed = components.feed.add("BTCUSDT", PAIR)
    streams.books.stream.add(("BTCUSDT",))
    streams.mark_trades.add(("BTCUSDT",))
    assert streams.books.stream is not streams.mark_trades.stream
    assert followed.last_heard_ms(StreamKind.DEPTH) == 0
    await components.http.close()
