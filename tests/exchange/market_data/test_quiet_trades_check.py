"""Nobody trades is not nobody tells."""

from connector.core.enums import StreamKind
from connector.exchange import gates
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.market.orders import BUY
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import SYMBOL, EventLog, Trader, until

TRADES = (StreamKind.TRADE, SYMBOL)


async def test_a_pair_that_nobody_trades_is_well(connector: PerpetualDerivative, log: EventLog) -> None:
    check, symbol_feed = connector.components.streams.quiet_trades, connector.components.feed.symbols[SYMBOL]
    for _ in range(3):
        heard_ms = check.heard_ms(symbol_feed)
        await until(lambda heard_ms=heard_ms: check.heard_ms(symbol_feed) > heard_ms, "confirmed")
    assert symbol_feed.last_ms[StreamKind.TRADE] == 0, "nobody has traded"
    assert (connector.components.liveness.silences, log.events) == ({}, [])


async def test_trades_that_are_not_told_are_noticed_and_asked_for_anew(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    components, taker = connector.components, Trader(venue)
    symbol_feed, silences = components.feed.symbols[SYMBOL], components.liveness.silences
    await until(lambda: components.streams.quiet_trades.heard_ms(symbol_feed) > 0, "looked once")
    venue.faults.arm("silent_stream", stream="btcusdt@aggTrade", ms=60_000)
    taker.take(BUY, "0.010")
    await until(lambda: silences.get(TRADES) == 1, "noticed", within_s=25)
    assert "BTC-USDT: trade silent for 15" in components.gates.report()[gates.FUNDING_INFO].last_error
    assert connector.ready and log.events == [], "books and funding are right without"
    noticed_ms = components.clock.monotonic_ms()
    check = components.streams.quiet_trades
    await until(lambda: check.heard_ms(symbol_feed) > noticed_ms, "what was missed is owed no longer")
    venue.faults.arm("silent_stream", stream="btcusdt@aggTrade", ms=1)
    over_ms = components.clock.monotonic_ms() + 10
    await until(lambda: components.clock.monotonic_ms() > over_ms, "the fault is over")
    taker.take(BUY, "0.010")
    await until(lambda: len(symbol_feed.trades) == 1, "told again")
    assert silences == {TRADES: 1}
