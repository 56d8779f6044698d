import asyncio

import pytest

from connector.core.faults import UnavailableFault
from connector.exchange.network.tasks import Tasks


async def waiting(begun: list[str], name: str, ended: list[str]) -> None:
    begun.append(name)
    try:
        await asyncio.Event().wait()
    finally:
        ended.append(name)


async def test_a_stop_ends_every_work_also_what_came_later() -> None:
    tasks, begun, ended = Tasks(), list[str](), list[str]()
    await tasks.start([waiting(begun, "one", ended), waiting(begun, "two", ended)])
    tasks.spawn(waiting(begun, "three", ended))
    await asyncio.sleep(0)
    assert begun == ["one", "two", "three"]
    await tasks.stop()
    assert sorted(ended) == ["one", "three", "two"]
    tasks.raise_if_broken()


async def test_nothing_is_taken_on_before_the_start_and_after_the_stop() -> None:
    tasks = Tasks()
    with pytest.raises(UnavailableFault, match="not started"):
        tasks.spawn(waiting([], "early", []))
    await tasks.start([])
    await tasks.stop()
    with pytest.raises(UnavailableFault, match="not started"):
        tasks.require_running()


async def test_a_defect_of_one_work_ends_all_and_is_raised() -> None:
    async def broken() -> None:
        raise ZeroDivisionError

    tasks, ended = Tasks(), list[str]()
    await tasks.start([waiting([], "one", ended), broken()])
    with pytest.raises(ExceptionGroup) as raised:
        while True:
            tasks.raise_if_broken()
            await asyncio.sleep(0)
    assert isinstance(raised.value.exceptions[0], ZeroDivisionError)
    assert ended == ["one"]
    await tasks.stop()
