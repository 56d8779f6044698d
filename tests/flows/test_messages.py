"""Messages of a run as a user starts it: what comes, and that a service in any mood harms nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.companions.flows.programs import home_with, started
from tests.companions.local_trading import until
from tests.companions.message_service import MessageService


@pytest.fixture
async def service() -> AsyncIterator[MessageService]:
    async with MessageService().open() as opened:
        yield opened


async def test_the_begin_and_the_end_of_a_run_are_told(service: MessageService, tmp_path: Path) -> None:
    service.addresses(home_with(tmp_path) / "conf")
    async with started("run", "--notify", "usual,fill", home=tmp_path) as bot:
        await bot.quotes()
        await until(lambda: "trading BTC-USDT on binance_perpetual_local begins" in service.text, service.text, 20)
        bot.process.terminate()
        assert await bot.ends() == 0, bot.text
    assert service.text.rstrip().endswith("the run ended in order")
    assert "messages" not in bot.text


async def test_a_service_that_hangs_is_told_of_once_and_the_stop_does_not_wait_for_it(
    service: MessageService, tmp_path: Path
) -> None:
    service.mood = "hangs"
    service.addresses(home_with(tmp_path) / "conf")
    async with started("run", "--notify", "usual", home=tmp_path) as bot:
        await bot.quotes()
        await until(lambda: service.asked > 0, "it was asked", 20)
        bot.process.terminate()
        assert await bot.ends(within_s=25) == 0, bot.text


async def test_a_file_that_is_missing_ends_the_start_before_any_order(tmp_path: Path) -> None:
    async with started("run", "--notify", "usual", home=home_with(tmp_path)) as bot:
        assert await bot.ends() == 3
    assert bot.text.splitlines()[-1] == (
        f"--notify: {tmp_path / 'conf' / 'notify-addresses'}: is not there; write the addresses there, one a line, and "
        "chmod 600"
    )
