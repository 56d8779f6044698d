"""A run whose losses pass a limit: told, closed or stopped, with its own exit code."""

import asyncio
import io
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from connector.bot.exit_codes import ExitCode, exit_code_of
from connector.bot.quoting.run_plan import alone
from connector.bot.report.screen import Screen
from connector.bot.session.instance_journal import Keeping
from connector.bot.session.runner import Runner, RunOptions
from connector.config.connector_settings import ConnectorSettings
from connector.config.loader import load_settings
from connector.core.enums import OrderType
from connector.core.faults import RiskLimitFault
from connector.simulator.fixed_point import E8
from connector.simulator.server import LocalExchange
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from tests.companions.local_trading import PAIR, SYMBOL, until
from tests.companions.places import SHIPPED_SETTINGS
from tests.companions.virtual_time import loop_clock

pytestmark = pytest.mark.virtual_time
D = Decimal


@dataclass
class Run:
    """A run at an exchange of this process, and what it says."""

    runner: Runner
    screen: io.StringIO
    running: "asyncio.Task[object]"

    @property
    def said(self) -> list[str]:
        return [line for line in self.screen.getvalue().splitlines() if "  fills " not in line]


def begun(venue: LocalExchange, home: Path, **limits: object) -> Run:
    """With a journal, so that what struck outlives it."""
    settings = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings, {"stop_loss_spread": 0})
    own = ConnectorSettings.model_validate({"journal_database": "none", **limits})
    screen = io.StringIO()
    keeping = Keeping(home, own, in_loop=True)
    options = RunOptions(venue.rest, keeping=keeping)
    runner = Runner(alone(settings), options, Screen(Console(file=screen, width=300), loop_clock()), loop_clock())
    return Run(runner, screen, asyncio.create_task(runner.run()))


def to_mark(venue: LocalExchange, price: int) -> None:
    venue.act(lambda engine, now_ms: engine.fix_mark(SYMBOL, price * E8))


async def loses(venue: LocalExchange, run: Run) -> None:
    """It quotes, is long of 0.5 BTC, and the mark price falls by 800."""
    to_mark(venue, 60_000)
    await until(venue.engine.accounts[venue.account_id].has_open_orders, f"it quotes: {run.said}")
    session = run.runner._session
    assert session is not None
    session.connector.buy(PAIR, D("0.5"), OrderType.MARKET)
    await until(lambda: bool(session.connector.account_positions), "held")
    to_mark(venue, 59_200)


def held(venue: LocalExchange) -> Decimal:
    return sum((row.lots * row.instrument.step for row in venue.engine.accounts[venue.account_id].held()), D(0))


async def test_with_close_the_position_is_closed_and_the_run_ends(
    venue: LocalExchange, trader: object, tmp_path: Path
) -> None:
    run = begun(venue, tmp_path, max_loss_of_run=300, on_risk_limit="close")
    await loses(venue, run)
    with pytest.raises(RiskLimitFault, match=r"max_loss_of_run struck: .* USDT, at most 300, passed by") as ended:
        await run.running
    assert exit_code_of(ended.value) is ExitCode.LOSS_LIMIT == 9
    assert held(venue) == 0 and not venue.engine.accounts[venue.account_id].has_open_orders()
    assert sum("max_loss_of_run struck" in line for line in run.said) == 1
    assert any("closing 0.5 BTC-USDT at the market" in line for line in run.said)


async def test_with_stop_the_run_goes_on_without_openings_and_its_code_tells(
    venue: LocalExchange, trader: object, tmp_path: Path
) -> None:
    run = begun(venue, tmp_path, max_loss_of_run=300)
    await loses(venue, run)
    await until(lambda: any("no new orders: the gate openings is shut by the limit" in line for line in run.said))
    await asyncio.sleep(10)
    orders = venue.engine.accounts[venue.account_id].orders_of(SYMBOL).values()
    assert not run.running.done() and all(order.reduce_only for order in orders)
    assert held(venue) == D("0.5")
    run.runner.stop.set()
    with pytest.raises(RiskLimitFault):
        await run.running
    assert any("a position is kept (on_stop: keep)" in line for line in run.said)


async def test_a_day_that_struck_keeps_the_next_run_from_trading(
    venue: LocalExchange, trader: object, tmp_path: Path
) -> None:
    run = begun(venue, tmp_path, max_loss_of_day="3 %", on_risk_limit="close")
    await loses(venue, run)
    with pytest.raises(RiskLimitFault):
        await run.running
    placed = len(venue.engine.accounts[venue.account_id].placed[SYMBOL])
    again = begun(venue, tmp_path, max_loss_of_day="3 %", on_risk_limit="close")
    with pytest.raises(RiskLimitFault, match=r"struck earlier this day.*connector limits --release"):
        await again.running
    assert len(venue.engine.accounts[venue.account_id].placed[SYMBOL]) == placed
