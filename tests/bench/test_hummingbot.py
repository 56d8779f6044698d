"""The road on which an order's way to the socket is noted."""

import asyncio
import time

from tests.bench.hummingbot.program import LOADS, Cost, ratio
from tests.bench.hummingbot.road import Road


async def test_a_piece_is_forwarded_and_noted_when_it_comes_by() -> None:
    got: asyncio.Queue[bytes] = asyncio.Queue()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.put_nowait(await reader.read(100))
        writer.write(b"taken")
        writer.close()

    exchange = await asyncio.start_server(answer, "127.0.0.1", 0)
    road = Road(exchange.sockets[0].getsockname()[1])
    async with road as address:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
        asked_ns = time.monotonic_ns()
        writer.write(b"an order")
        assert (await got.get(), await reader.read(100)) == (b"an order", b"taken")
        assert asked_ns < road.first_after(asked_ns) < time.monotonic_ns()
        writer.close()
    exchange.close()


def test_what_counts_is_the_cost_above_a_process_without_a_connector() -> None:
    costs = (("theirs", 2.0), ("ours", 1.0))
    rows = [Cost("8 pairs", who, 1 + above, above, 30.0, 0.1, 0.2, 90.0) for who, above in costs]
    assert ratio(rows, "8 pairs") == 0.5
    assert ratio(rows, "1 pair") is None
    assert len({load.name for load in LOADS}) == len(LOADS) == 4
