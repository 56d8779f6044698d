"""The sender's process from the bot's side: one answer a message, and no wait without an end."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connector.bot.notify.sender_process import SenderProcess
from connector.core.faults import ConfigFault
from tests.companions.message_service import MessageService


@pytest.fixture
async def service() -> AsyncIterator[MessageService]:
    async with MessageService().open() as opened:
        yield opened


async def test_a_message_comes_as_it_was_written(service: MessageService, tmp_path: Path) -> None:
    sender = SenderProcess(service.addresses(tmp_path))
    await sender.begin()
    assert await sender.send("connector: BTC-USDT", "12:00:00 UTC liquidated: 0.5 BTC-USDT\nand more") == ""
    (row,) = service.messages
    assert row["title"] == "connector: BTC-USDT"
    assert row["message"] == "12:00:00 UTC liquidated: 0.5 BTC-USDT\nand more"
    await sender.end()


async def test_a_service_that_refuses_is_told_and_may_be_asked_again(service: MessageService, tmp_path: Path) -> None:
    service.mood = "refuses"
    sender = SenderProcess(service.addresses(tmp_path))
    assert await sender.send("a", "b") == "the service refused it, or was not reached"
    service.mood = "takes"
    assert await sender.send("a", "b") == ""
    await sender.end()


async def test_a_service_that_hangs_is_left_in_time_and_the_next_message_goes(
    service: MessageService, tmp_path: Path
) -> None:
    service.mood = "hangs"
    sender = SenderProcess(service.addresses(tmp_path), sent_within_s=0.5)
    await sender.begin()
    async with asyncio.timeout(5):
        assert await sender.send("a", "b") == "no answer of the service within 0.5 s"
    service.mood = "takes"
    patient = SenderProcess(service.addresses(tmp_path))
    assert await patient.send("a", "c") == ""
    assert [row["message"] for row in service.messages] == ["c"]
    await patient.end()
    await sender.end()


async def test_addresses_that_can_not_be_used_end_the_start(tmp_path: Path) -> None:
    path = tmp_path / "notify-addresses"
    path.write_text("nosuchthing://x\n")
    with pytest.raises(ConfigFault, match=rf"--notify: {path}: line 1 is no address that apprise knows"):
        await SenderProcess(path).begin()
