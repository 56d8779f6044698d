import pytest

from connector.core.enums import PositionMode
from connector.core.faults import UnavailableFault
from connector.exchange import gates
from connector.exchange.network.start import read_start, works
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, Trader, connect


async def test_what_is_read_before_the_streams_opens_its_gates_and_changes_nothing(
    venue: LocalExchange, trader: Trader
) -> None:
    connector = connect(venue)
    before = venue.engine.accounts[venue.account_id].leverage(SYMBOL)
    await read_start(connector.components)
    held = {name for name, holds in connector.status_dict.items() if holds}
    assert held == {
        gates.SYMBOLS, gates.TRADING_RULES, gates.POSITION_MODE, gates.LEVERAGE, gates.ACCOUNT_BALANCE,
        gates.RATE_LIMITS,
    }  # fmt: skip
    assert PAIR in connector.trading_rules
    assert connector.components.ledger.position_mode is PositionMode.ONEWAY
    assert venue.engine.accounts[venue.account_id].leverage(SYMBOL) == before
    await connector.stop_network()


async def test_every_part_that_runs_is_among_the_works(venue: LocalExchange) -> None:
    connector = connect(venue)
    begun = list(works(connector.components))
    names = [work.__qualname__ for work in begun]
    for work in begun:
        work.close()
    assert len(names) == len(set(names)) == 24
    await connector.stop_network()


async def test_a_start_that_the_exchange_does_not_let_end_has_an_end_and_a_reason(
    venue: LocalExchange, trader: Trader
) -> None:
    connector = connect(venue)
    venue.faults.arm("slow_answer", ms=5_000, path="/fapi/v1/exchangeInfo")
    with pytest.raises(UnavailableFault, match=r"within 0\.5 s: symbols_mapping_initialized waits for"):
        await read_start(connector.components, within_s=0.5)
    await connector.stop_network()
