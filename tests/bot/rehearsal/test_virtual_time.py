"""Time that jumps: nothing is waited for, and everything comes in its order."""

import asyncio
import time

from connector.bot.rehearsal.virtual_time import JumpingLoop, LoopClock


def test_hours_pass_in_no_time_and_timers_come_in_their_order() -> None:
    async def work(clock: LoopClock) -> list[tuple[str, int]]:
        seen: list[tuple[str, int]] = []

        async def note(name: str, after_s: float) -> None:
            await asyncio.sleep(after_s)
            seen.append((name, clock.now_ms()))

        await asyncio.gather(note("late", 7_200), note("soon", 0.25), note("later", 3_600))
        return seen

    began = time.monotonic()
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, JumpingLoop)
        seen = runner.run(work(LoopClock(loop, 1_000)))
    assert seen == [("soon", 1_250), ("later", 3_601_000), ("late", 7_201_000)]
    assert time.monotonic() - began < 60


def test_what_a_socket_carries_arrives_before_time_moves_on() -> None:
    async def work(loop: asyncio.AbstractEventLoop) -> float:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(await reader.readline())
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        began = loop.time()
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"said\n")
        assert await reader.readline() == b"said\n"
        writer.close()
        server.close()
        return loop.time() - began

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        assert runner.run(work(runner.get_loop())) == 0
