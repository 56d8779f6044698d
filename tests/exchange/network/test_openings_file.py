"""The file that shuts the gate `openings`."""

from decimal import Decimal
from pathlib import Path

import pytest

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, EventLog, Trader, connect, ready, until

D = Decimal


async def test_the_gate_is_shut_while_the_file_is_there(venue: LocalExchange, trader: Trader, tmp_path: Path) -> None:
    file = tmp_path / "no-openings"
    connector = connect(venue, openings_file=str(file))
    await ready(connector)
    log = EventLog(connector)
    file.touch()
    await log.waits_for(MarketEvent.OpeningsPaused)
    assert connector.openings_stopped == f"the gate openings is shut by the file {file}"
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.OrderFailure)
    file.unlink()
    await log.waits_for(MarketEvent.OpeningsResumed)
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    await connector.stop_network()


async def test_a_file_that_is_there_at_the_start_shuts_it_before_the_first_order(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    file = tmp_path / "no-openings"
    file.touch()
    connector = connect(venue, openings_file=str(file))
    await ready(connector)
    assert not connector.openings.is_open
    await connector.stop_network()


async def test_a_place_that_cant_be_looked_at_is_taken_to_hold_it(
    venue: LocalExchange, trader: Trader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "no-openings"
    connector = connect(venue, openings_file=str(file))
    await ready(connector)
    look = Path.stat

    def refused(path: Path, **terms: bool) -> object:
        if path == file:
            raise PermissionError(13, "Permission denied")
        return look(path, **terms)

    monkeypatch.setattr(Path, "stat", refused)
    await until(lambda: not connector.openings.is_open, "shut")
    await connector.stop_network()
