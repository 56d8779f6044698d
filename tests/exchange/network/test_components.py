"""What a connector, or a listener to a market alone, is made of."""

import pytest

from connector.core.enums import StreamKind
from connector.core.faults import ConnectorFault
from connector.exchange.assemble import assemble_market
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.gates import ORDER_BOOKS
from connector.simulator.server import LocalExchange
from connector.venue.domains import LOCAL
from tests.companions.local_trading import PAIR, Trader
from tests.companions.virtual_time import loop_clock


async def test_what_listens_to_a_market_alone_can_ask_the_public_and_not_the_account(venue: LocalExchange) -> None:
    components = assemble_market(LOCAL.at(venue.rest, venue.stream, venue.ws_api), (PAIR,), loop_clock())
    assert PAIR in (await components.api.instruments()).rules
    with pytest.raises(ConnectorFault):
        await components.api.config()
    await components.http.close()


async def test_every_part_that_knows_the_pairs_rules_knows_the_same(connector: PerpetualDerivative) -> None:
    components = connector.components
    assert connector.trading_rules is components.pair_rules.rules
    assert components.prices.feed_of(PAIR) is components.feed.symbols[components.pair_rules.rule(PAIR).symbol]
    assert components.tracker.active == ()


async def test_without_an_account_the_market_is_watched_all_the_same(venue: LocalExchange, trader: Trader) -> None:
    components = assemble_market(LOCAL.at(venue.rest, venue.stream, venue.ws_api), (PAIR,), loop_clock())
    components.feed.add("BTCUSDT", PAIR)
    for source in (components.streams.books, components.streams.mark_trades):
        source.add(("BTCUSDT",))
    components.liveness.check(loop_clock().monotonic_ms())
    gate = components.gates.report()[ORDER_BOOKS]
    assert (gate.holds, gate.last_error) == (False, "BTC-USDT: the depth stream is not connected")
    assert components.liveness.ages_ms(0)[StreamKind.USER] is None
    await components.http.close()
