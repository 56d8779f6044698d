"""All that one session tells."""

import asyncio
import logging
from decimal import Decimal

import pytest

from connector.bot.report.accounting import Accounting
from connector.bot.report.order_log import A_TURN, Decision
from connector.bot.report.run_lines import RunLines
from connector.bot.report.status_source import StatusSource
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.local_trading import PAIR, EventLog, until

pytestmark = pytest.mark.virtual_time


def lines_of(connector: PerpetualDerivative) -> tuple[RunLines, StatusSource, list[str]]:
    shown: list[str] = []
    status = StatusSource(connector, Accounting(PAIR, "USDT"), PAIR)
    status.begin()
    lines = RunLines(status, shown.append, connector.components.clock)
    lines.listen()
    return lines, status, shown


async def test_a_change_of_state_is_in_the_log_once(
    connector: PerpetualDerivative, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "connector.run")
    lines, status, _ = lines_of(connector)
    lines.write()
    for seconds in range(9, 0, -1):
        status.holds = lambda left=seconds: f"filled_order_delay: on in {left} s"  # type: ignore[misc]
        lines.write()
    connector.openings.shut("the desk")
    lines.write()
    lines.close()
    assert [text for text in caplog.messages if text.startswith("state")] == [
        "state: ready", "state: holding: filled_order_delay: on in 9 s",
        "state: paused: the gate openings is shut by the desk",
    ]  # fmt: skip


async def test_the_screen_gets_a_trade_and_the_log_all_of_its_order(
    connector: PerpetualDerivative, log: EventLog, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    lines, _, shown = lines_of(connector)
    connector.sell(PAIR, Decimal("0.004"), OrderType.MARKET)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    lines.write()
    assert len(shown) == 1
    assert " sold 0.004 BTC-USDT at 59,990.0" in shown[0]
    told = [text.partition(":")[0] for text in caplog.messages]
    assert [what for what in ("asked", "taken", "filled", "completed") if what not in told] == []


async def test_what_is_much_is_written_in_turns_and_at_the_end_all_of_it(
    connector: PerpetualDerivative, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "connector.decisions")
    lines, _, _ = lines_of(connector)

    def written() -> list[str]:
        return [row.message for row in caplog.records if row.name == "connector.decisions"]

    for _ in range(3 * A_TURN):
        lines.decided(Decision((), None, "why"))
    lines.write()
    assert len(written()) == A_TURN
    await until(lambda: len(written()) == 3 * A_TURN, "the rest, in turns")
    lines.decided(Decision((), None, "the last"))
    lines.close()
    await asyncio.sleep(1)
    assert written()[-1] == "the last"
