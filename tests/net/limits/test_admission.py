"""The queue before the throttle: who leaves, in which order, and who has waited too long."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from connector.net.limits.admission import Admission, Clocks, NoRoom, cost_of
from connector.net.limits.limit_window import MOST_IN_FLIGHT_UNSURE, Cost
from connector.net.limits.throttle import MOST_IN_FLIGHT, Throttle, Ticket
from connector.venue import endpoints
from connector.venue.endpoints import Endpoint
from connector.venue.limits import ORDERS, REQUEST_WEIGHT, RateLimit
from tests.companions.virtual_time import LoopClock, run_in_virtual_time

LIMITS = (RateLimit(REQUEST_WEIGHT, 60_000, 100), RateLimit(ORDERS, 10_000, 1_000), RateLimit(ORDERS, 60_000, 1_000))
SURE = {"X-MBX-USED-WEIGHT-1M": "0", "X-MBX-ORDER-COUNT-10S": "0", "X-MBX-ORDER-COUNT-1M": "0"}


class Desk:
    """Sends requests through the queue; `left` are those that left, in order."""

    def __init__(self, clock: LoopClock, limits: tuple[RateLimit, ...] = LIMITS) -> None:
        self.clock = clock
        self.throttle = Throttle(limits)
        self.admission = Admission(self.throttle, Clocks(clock.now_ms, clock.monotonic_ms))
        self.left: list[tuple[Endpoint, int]] = []
        self.tickets: list[tuple[Endpoint, Ticket]] = []

    async def send(self, endpoint: Endpoint, answered_after_s: float | None = 0.05) -> None:
        ticket = await self.admission.enter(endpoint, cost_of(endpoint, {"symbol": "BTCUSDT"}))
        self.left.append((endpoint, self.clock.monotonic_ms()))
        self.tickets.append((endpoint, ticket))
        if answered_after_s is not None:
            await asyncio.sleep(answered_after_s)
            self.answer(endpoint, ticket, {})

    def answer(self, endpoint: Endpoint, ticket: Ticket, headers: dict[str, str]) -> None:
        settle = self.throttle.settle
        self.admission.leave(ticket, endpoint.priority, lambda: settle(ticket, headers, self.clock.monotonic_ms()))


def in_virtual_time(work: Callable[[Desk], Coroutine[Any, Any, None]]) -> None:
    async def run(clock: LoopClock) -> None:
        await work(Desk(clock))

    run_in_virtual_time(run)


def test_a_cancel_leaves_before_the_look_ups_and_orders_that_waited_longer() -> None:
    async def work(desk: Desk) -> None:
        desk.throttle.address.pause.begin(desk.clock.monotonic_ms() + 500)
        waiting = []
        for endpoint in (endpoints.DEPTH, endpoints.USER_TRADES, endpoints.QUERY_ORDER, endpoints.CANCEL_ORDER):
            waiting.append(asyncio.create_task(desk.send(endpoint)))
            await asyncio.sleep(0)
        await asyncio.gather(*waiting)
        assert [endpoint for endpoint, _ in desk.left] == [
            endpoints.CANCEL_ORDER, endpoints.QUERY_ORDER, endpoints.USER_TRADES, endpoints.DEPTH
        ]  # fmt: skip

    in_virtual_time(work)


def test_a_crowd_that_waited_out_a_silence_leaves_as_one_probe_and_then_spread() -> None:
    async def work(desk: Desk) -> None:
        until_ms = desk.clock.monotonic_ms() + 2_000
        desk.throttle.address.pause.begin(until_ms)
        await asyncio.gather(*(desk.send(endpoints.CANCEL_ORDER) for _ in range(60)))
        times = [at_ms for _, at_ms in desk.left]
        assert sum(at_ms < until_ms for at_ms in times) == 0, "nothing is sent while the venue wants silence"
        assert times.count(times[0]) == 1, "one probe"
        assert max(map(times.count, times)) <= MOST_IN_FLIGHT_UNSURE

    in_virtual_time(work)


def test_an_order_that_waited_longer_than_it_is_worth_is_not_sent() -> None:
    async def work(desk: Desk) -> None:
        for _ in range(MOST_IN_FLIGHT_UNSURE):
            await desk.send(endpoints.PLACE_ORDER, answered_after_s=None)
        began_ms = desk.clock.monotonic_ms()
        with pytest.raises(NoRoom):
            await desk.send(endpoints.PLACE_ORDER)
        assert desk.clock.monotonic_ms() - began_ms == endpoints.PLACE_ORDER.most_wait_ms
        assert desk.admission.waiting == 0
        desk.throttle.account.pause.begin(desk.clock.monotonic_ms() + 30_000)
        with pytest.raises(NoRoom):
            await desk.send(endpoints.PLACE_ORDER)
        assert desk.clock.monotonic_ms() - began_ms == endpoints.PLACE_ORDER.most_wait_ms, "told at once"

    in_virtual_time(work)


def test_orders_without_an_answer_do_not_hold_up_a_cancel() -> None:
    async def work(desk: Desk) -> None:
        first = asyncio.create_task(desk.send(endpoints.PLACE_ORDER, answered_after_s=None))
        await first
        desk.answer(*desk.tickets[0], SURE)
        crowd = [asyncio.create_task(desk.send(endpoints.PLACE_ORDER, None)) for _ in range(MOST_IN_FLIGHT + 50)]
        await asyncio.sleep(0.1)
        assert len(desk.left) == 1 + MOST_IN_FLIGHT, "beyond, they wait unsigned"
        asked_ms = desk.clock.monotonic_ms()
        await desk.send(endpoints.CANCEL_ORDER)
        assert desk.left[-1] == (endpoints.CANCEL_ORDER, asked_ms)
        done = await asyncio.gather(*crowd, return_exceptions=True)
        assert sum(isinstance(outcome, NoRoom) for outcome in done) == 50

    in_virtual_time(work)


def test_one_that_is_given_up_while_it_waits_leaves_nothing_behind() -> None:
    async def work(desk: Desk) -> None:
        desk.throttle.address.pause.begin(desk.clock.monotonic_ms() + 500)
        given_up = asyncio.create_task(desk.send(endpoints.USER_TRADES))
        await asyncio.sleep(0.1)
        assert desk.admission.waiting == 1
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        assert desk.admission.waiting == 0
        await desk.send(endpoints.CANCEL_ORDER)
        assert desk.throttle.use(desk.clock.now_ms())[0].used == 1

    in_virtual_time(work)


def test_one_whose_turn_comes_in_the_moment_it_is_given_up_gives_it_back() -> None:
    async def work(desk: Desk) -> None:
        for _ in range(MOST_IN_FLIGHT_UNSURE):
            await desk.send(endpoints.CANCEL_ORDER, answered_after_s=None)
        waiting = asyncio.create_task(desk.send(endpoints.CANCEL_ORDER))
        await asyncio.sleep(0)
        desk.answer(*desk.tickets[0], {})
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert desk.throttle.use(desk.clock.now_ms())[0].used == MOST_IN_FLIGHT_UNSURE
        await desk.send(endpoints.CANCEL_ORDER)

    in_virtual_time(work)


def test_what_is_read_for_the_books_leaves_half_to_the_trading_and_waits_without_a_word() -> None:
    async def work(desk: Desk) -> None:
        told: list[str] = []
        desk.admission.on_long_wait = lambda kind, wait_ms: told.append(kind)
        desk.throttle.spend(Cost(weight=25), desk.clock.now_ms())
        waits = asyncio.create_task(desk.send(endpoints.FUNDING_INCOME))
        await asyncio.sleep(0)
        assert desk.admission.waiting == 1
        await desk.send(endpoints.INCOME)
        assert (desk.admission.waiting, told) == (1, [])
        waits.cancel()
        await asyncio.gather(waits, return_exceptions=True)

    in_virtual_time(work)
