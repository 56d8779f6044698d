"""Nobody overtakes in a procession."""

import asyncio

from connector.simulator.ws_api.in_order import InOrder


async def test_who_is_early_waits_for_those_before() -> None:
    in_order, passed = InOrder(), []

    async def walk(number: int) -> None:
        await in_order.turn(number)
        passed.append(number)
        in_order.passed()

    numbers = [in_order.draw() for _ in range(4)]
    async with asyncio.TaskGroup() as group:
        for number in (2, 0, 3, 1):
            group.create_task(walk(number))
    assert passed == numbers


async def test_whose_turn_it_is_waits_for_nobody() -> None:
    in_order = InOrder()
    await asyncio.wait_for(in_order.turn(in_order.draw()), 1)
    in_order.passed()
    await asyncio.wait_for(in_order.turn(in_order.draw()), 1)
