"""Nobody overtakes in a procession."""

import asyncio

from connector.simulator.ws_api.in_order import InOrder


async def test_who_is_early_waits_for_those_before() -> None:
    procession, passed = InOrder(), []

    async def walk(number: int) -> None:
        await procession.turn(number)
        passed.append(number)
        procession.passed()

    numbers = [procession.draw() for _ in range(4)]
    async with asyncio.TaskGroup() as group:
        for number in (2, 0, 3, 1):
            group.create_task(walk(number))
    assert passed == numbers


async def test_whose_turn_it_is_waits_for_nobody() -> None:
    procession = InOrder()
    await asyncio.wait_for(procession.turn(procession.draw()), 1)
    procession.passed()
    await asyncio.wait_for(procession.turn(procession.draw()), 1)
