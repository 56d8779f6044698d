"""Contracts as the exchange tells of them, over its socket."""

from decimal import Decimal

from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.market.instruments import scaled
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, until


async def test_status_and_brackets_come_by_the_stream(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    known = connector.components.ledger.max_notional(SYMBOL)
    table = scaled(venue.engine.listing(SYMBOL).instrument.brackets, Decimal("0.5"))
    venue.act(lambda engine, now_ms: engine.change_brackets(SYMBOL, table, now_ms))
    await until(lambda: connector.components.ledger.max_notional(SYMBOL) != known, "the brackets are read", within_s=3)
    venue.act(lambda engine, now_ms: engine.set_status(SYMBOL, "TRADING_HALT"))
    await until(lambda: connector.trading_rules[PAIR].status == "TRADING_HALT", "the halt is known", within_s=1)


async def test_a_frame_of_another_family_or_of_garbage_changes_no_rule(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    source = connector.components.contract_info
    row = b'{"e":"contractInfo","E":1,"s":"BTCUSDT","ct":"PERPETUAL","cs":"CLOSE","st":2}'
    for frame in (row, b"{", b'{"result":null,"id":1}'):
        source.on_frame(frame, 1)
    assert connector.trading_rules[PAIR].is_trading


async def test_while_the_socket_is_down_it_is_known_that_nobody_tells(connector: PerpetualDerivative) -> None:
    source = connector.components.contract_info
    assert source.keeper.hears_changes
    source.stream.drop("a test")
    await until(lambda: not source.keeper.hears_changes, "down")
    await until(lambda: source.keeper.hears_changes, "up again")
