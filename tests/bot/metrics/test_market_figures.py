"""What is seen of the market, as the connector sees it."""

from connector.bot.metrics.market_figures import market_figures
from connector.bot.report.accounting import Accounting
from connector.bot.report.states import StrategyFacts
from connector.bot.report.status_source import StatusSource
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.market.orders import BUY
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, Trader, connect, until
from tests.companions.scrapes import Samples, taken, value


def figures(connector: PerpetualDerivative) -> Samples:
    return taken(market_figures(StatusSource(connector, Accounting(PAIR), PAIR)))


async def test_prices_ages_and_frames_are_those_of_the_book(connector: PerpetualDerivative) -> None:
    found = figures(connector)
    assert value(found, "price", pair=PAIR, kind="bid") == 59990
    assert value(found, "price", pair=PAIR, kind="ask") == 60010
    assert value(found, "price", pair=PAIR, kind="mark") == float(connector.get_mark_price(PAIR))
    assert 0 <= value(found, "stream_age_seconds", stream="mark_price") < 5
    assert value(found, "market_frames_total", pair=PAIR) >= 1
    assert value(found, "socket_connections_total", sockets="user") == 1
    assert 0 < value(found, "funding_next_seconds", pair=PAIR) <= 3600


async def test_readiness_is_told_by_pair_and_by_strategy(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    await connector.add_trading_pair("ETH-USDT")
    await until(lambda: connector.ready, "both books are there")
    beside = {"ETH-USDT": Accounting("ETH-USDT")}
    source = StatusSource(connector, Accounting(PAIR), PAIR, beside=beside)
    of = [StrategyFacts("btc", "mine", (PAIR,), 0, 0), StrategyFacts("both", "mine", (PAIR, "ETH-USDT"), 0, 0)]
    source.strategies = lambda: tuple(of)
    assert value(taken(market_figures(source)), "strategy_ready", strategy="both") == 1
    venue.faults.arm("silent_stream", stream="ethusdt@markPrice@1s", ms=7_000)
    await until(lambda: not connector.ready, "its silence is seen")
    found = taken(market_figures(source))
    assert [value(found, "pair_ready", pair=pair) for pair in (PAIR, "ETH-USDT")] == [1, 0]
    assert [value(found, "strategy_ready", strategy=name) for name in ("btc", "both")] == [1, 0]


async def test_what_nobody_knows_yet_is_left_out(venue: LocalExchange) -> None:
    connector = connect(venue)
    assert not [name for name, _ in figures(connector) if name == "connector_price"]
    await connector.stop_network()


async def test_a_book_that_was_lost_is_counted(
    connector: PerpetualDerivative, venue: LocalExchange, trader: Trader
) -> None:
    assert value(figures(connector), "book_resyncs_total", pair=PAIR) == 0
    venue.faults.arm("depth_gap", symbol="BTCUSDT")
    trader.quote(BUY, "59970", "1")
    await until(lambda: connector.feed_report().pairs[PAIR].resyncs > 0, "the gap")
    assert value(figures(connector), "book_resyncs_total", pair=PAIR) == 1
