"""The bot's end of the control socket: it answers, waits for nobody, and tells who stopped it how it ended."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from connector.bot.control import server as server_module
from connector.bot.control.lines import Ask, BadLine, Question, answered, question
from connector.bot.control.places import Place, bound
from connector.bot.control.server import ControlServer


def refuses(of: str) -> dict[str, Any]:
    raise BadLine("it has not begun to trade yet")


@contextlib.asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[tuple[Place, ControlServer]]:
    place, listening = bound(folder, "bot", is_exact=True)
    deeds = {
        Ask.STATUS: lambda of: {"state": "quoting"}, Ask.STOP: lambda of: {"state": "stopping"}, Ask.ORDERS: refuses,
    }  # fmt: skip
    control = ControlServer(place, listening, deeds)
    async with control.serving():
        yield place, control


async def heard(reader: asyncio.StreamReader) -> dict[str, Any]:
    async with asyncio.timeout(5):
        return answered(await reader.readline())


async def test_a_client_asks_as_often_as_it_likes(tmp_path: Path) -> None:
    async with serving(tmp_path) as (place, _):
        reader, writer = await asyncio.open_unix_connection(place.path)
        for _ in range(3):
            writer.write(question(Question(Ask.STATUS)))
            assert await heard(reader) == {"state": "quoting"}
        writer.write(b"sing\n")
        with pytest.raises(BadLine, match="is no JSON"):
            await heard(reader)
        writer.write(question(Question(Ask.ORDERS)))
        with pytest.raises(BadLine, match="has not begun to trade"):
            await heard(reader)
        writer.close()
    assert not place.path.exists()


async def test_who_stops_it_hears_how_it_ended(tmp_path: Path) -> None:
    async with serving(tmp_path) as (place, control):
        reader, writer = await asyncio.open_unix_connection(place.path)
        writer.write(question(Question(Ask.STOP)))
        assert await heard(reader) == {"state": "stopping"}
        control.end(7, "an order may be open")
        assert await heard(reader) == {"exit_code": 7, "text": "an order may be open"}
        writer.close()


async def test_one_that_hangs_or_sends_too_much_holds_up_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "_ASKED_WITHIN_S", 0.2)
    async with serving(tmp_path) as (place, _):
        hanging, keeps_open = await asyncio.open_unix_connection(place.path)
        long, writer = await asyncio.open_unix_connection(place.path)
        writer.write(b"x" * 100_000)
        with pytest.raises(BadLine, match="at most 4096 bytes"):
            await heard(long)
        other, asking = await asyncio.open_unix_connection(place.path)
        asking.write(question(Question(Ask.STATUS)))
        assert await heard(other) == {"state": "quoting"}
        async with asyncio.timeout(5):
            assert await hanging.read() == b""
        for each in (keeps_open, writer, asking):
            each.close()


async def test_the_run_ends_while_clients_hang(tmp_path: Path) -> None:
    async with asyncio.timeout(5):
        async with serving(tmp_path) as (place, _):
            reader, writer = await asyncio.open_unix_connection(place.path)
            writer.write(question(Question(Ask.STOP)))
            await heard(reader)
    writer.close()


async def test_too_many_clients_are_turned_away(tmp_path: Path) -> None:
    async with serving(tmp_path) as (place, _):
        ends = [await asyncio.open_unix_connection(place.path) for _ in range(17)]
        with pytest.raises(BadLine, match="16 clients are being answered"):
            await heard(ends[-1][0])
        for _, writer in ends:
            writer.close()
