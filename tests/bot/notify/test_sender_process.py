"""The sender's process from the bot's side: one answer a message, and no wait without an end."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connector.bot.notify.sender_process import Outcome, SenderProcess
from connector.core.faults import ConfigFault
from tests.companions.keys.canaries import secret_file
from tests.companions.message_service import MessageService


@pytest.fixture
async def service() -> AsyncIterator[MessageService]:
    async with MessageService().open() as opened:
        yield opened


async def test_a_message_comes_as_it_was_written(service: MessageService, tmp_path: Path) -> None:
    sender = SenderProcess(service.addresses(tmp_path))
    await sender.begin()
    assert await sender.send("connector: BTC-USDT", "12:00:00 UTC liquidated: 0.5 BTC-USDT\nand more") == Outcome()
    (row,) = service.messages
    assert row["title"] == "connector: BTC-USDT"
    assert row["message"] == "12:00:00 UTC liquidated: 0.5 BTC-USDT\nand more"
    await sender.end()


async def test_a_service_that_refuses_is_told_and_may_be_asked_again(service: MessageService, tmp_path: Path) -> None:
    service.mood = "refuses"
    sender = SenderProcess(service.addresses(tmp_path))
    assert await sender.send("a", "b") == Outcome("the service refused it, or was not reached")
    service.mood = "takes"
    assert await sender.send("a", "b") == Outcome()
    await sender.end()


async def test_a_service_that_hangs_is_left_in_time_and_the_next_message_goes(
    service: MessageService, tmp_path: Path
) -> None:
    service.mood = "hangs"
    sender = SenderProcess(service.addresses(tmp_path), sent_within_s=0.5)
    await sender.begin()
    async with asyncio.timeout(5):
        assert await sender.send("a", "b") == Outcome("no answer of the service within 0.5 s")
    service.mood = "takes"
    patient = SenderProcess(service.addresses(tmp_path))
    assert await patient.send("a", "c") == Outcome()
    assert [row["message"] for row in service.messages] == ["c"]
    await patient.end()
    await sender.end()


async def test_addresses_that_can_not_be_used_end_the_start(tmp_path: Path) -> None:
    path = tmp_path / "notify-addresses"
    path.write_text("nosuchthing://x\n")
    with pytest.raises(ConfigFault, match=rf"--notify: {path}: line 1 is no address that apprise knows"):
        await SenderProcess(path).begin()


async def test_what_one_address_refuses_the_others_have_had_once(service: MessageService, tmp_path: Path) -> None:
    taken = service.addresses(tmp_path).read_text()
    async with MessageService("refuses").open() as other, MessageService("hangs").open() as silent:
        more = [f"json://127.0.0.1:{one.port}/?rto=1&cto=1\n" for one in (other, silent)]
        sender = SenderProcess(secret_file(tmp_path / "notify-addresses", "".join([*more, taken])))
        assert await sender.send("a", "b") == Outcome(refused=(1, 2))
        other.mood = "takes"
        assert await sender.send("a", "c") == Outcome(refused=(2,))
        await sender.end()
        assert [row["message"] for row in other.messages] == ["c"]
    assert [row["message"] for row in service.messages] == ["b", "c"]


async def test_what_is_longer_than_a_service_takes_comes_in_parts(service: MessageService, tmp_path: Path) -> None:
    path = secret_file(tmp_path / "notify-addresses", f"mmost://127.0.0.1:{service.port}/{'a1' * 12}\n")
    lines = [f"{number:0300}" for number in range(25)]
    sender = SenderProcess(path)
    assert await sender.send("a", "\n".join(lines)) == Outcome()
    await sender.end()
    parts = [str(row["text"]) for row in service.messages]
    assert all(len(part) <= 4000 for part in parts)
    assert [line for line in lines if not any(line in part for part in parts)] == []
