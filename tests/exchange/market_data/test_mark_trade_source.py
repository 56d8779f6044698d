"""Mark price, funding and public trades."""

from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.market.orders import SELL
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, Trader, until


async def test_the_mark_price_follows_the_exchange(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    listing = venue.engine.listing(SYMBOL)
    listing.mark_price.fix(61_234 * 10**8)
    await until(lambda: connector.get_funding_info(PAIR).mark_price == 61_234, "the mark price")


async def test_public_trades_carry_the_takers_side(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    Trader(venue).take(SELL, "0.250")
    feed = connector.components.feed.symbols[SYMBOL]
    await until(lambda: len(feed.trades) == 1, "the trade")
    trades = feed.trades
    assert (str(trades[0].amount.normalize()), trades[0].trade_type.name) == ("0.25", "SELL")


async def test_a_cut_is_told_and_mended(connector: PerpetualDerivative) -> None:
    connector.components.streams.mark_trades.stream.drop("cut by hand")
    await until(lambda: not connector.ready, "lost")
    assert "cut by hand" in connector.status_report["funding_info"].last_error
    await until(lambda: connector.ready, "mended")
