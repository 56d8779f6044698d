"""The books can fail: what the bot did not see, or saw otherwise, ends the run with the trade's id."""

import asyncio
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from rich.console import Console

from connector.bot.commands.command_line import guarded
from connector.bot.exit_codes import ExitCode
from connector.bot.quoting.run_plan import alone
from connector.bot.report.accounting import Accounting
from connector.bot.report.screen import Screen
from connector.bot.session.runner import Runner, RunOptions
from connector.config.loader import load_settings
from connector.core.events import Event, OrderFilledEvent
from connector.core.trade_fee import TokenAmount, TradeFee
from connector.net.system_clock import SystemClock
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from tests.companions.places import SHIPPED_SETTINGS


class ForgetfulAccounting(Accounting):
    """Does not hear of its first fill."""

    forgotten = ""

    def on_event(self, event: Event) -> None:
        if isinstance(event, OrderFilledEvent) and not ForgetfulAccounting.forgotten:
            ForgetfulAccounting.forgotten = event.exchange_trade_id
            return
        super().on_event(event)


class MiscountingAccounting(Accounting):
    """Books a fee that is a cent too high on its first fill."""

    touched = ""

    def on_event(self, event: Event) -> None:
        if isinstance(event, OrderFilledEvent) and not MiscountingAccounting.touched:
            MiscountingAccounting.touched = event.exchange_trade_id
            fee = event.trade_fee.flat_fees[0]
            dearer = TradeFee((TokenAmount(fee.token, fee.amount + Decimal("0.01")),))
            event = replace(event, trade_fee=dearer)
        super().on_event(event)


async def run_with(books: type[Accounting]) -> tuple[str, Exception | None]:
    """A run of a few seconds on an exchange in this process; what was shown, and what it ended with."""
    console = Console(file=io.StringIO(), width=160)
    settings = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings)
    async with LocalExchange(SimulatorSettings(seed=3)) as venue:
        options = RunOptions(exchange_url=venue.rest, duration_s=12.0)
        runner = Runner(alone(settings), options, Screen(console, SystemClock()), SystemClock(), books)
        try:
            await runner.run()
        except Exception as fault:
            return console.file.getvalue(), fault  # type: ignore[attr-defined]
    return console.file.getvalue(), None  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("books", "words"),
    [
        (ForgetfulAccounting, "is in the exchange's books only"),
        (MiscountingAccounting, "differs (bot / exchange): fee"),
    ],
)
async def test_a_fill_hidden_or_a_fee_changed_is_found_and_named(
    books: type[Accounting], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown, fault = await run_with(books)
    assert fault is not None

    def ends() -> None:
        raise fault

    code = await asyncio.to_thread(guarded, ends)
    trade_id = ForgetfulAccounting.forgotten if books is ForgetfulAccounting else MiscountingAccounting.touched
    assert trade_id
    assert code == ExitCode.BOOKS_DIFFER
    assert f"trade {trade_id} {words}" in capsys.readouterr().err
    assert f"differs: trade {trade_id}" in shown


async def test_honest_books_do_not_fail() -> None:
    shown, fault = await run_with(Accounting)
    assert fault is None, shown
    assert "differs" not in shown
