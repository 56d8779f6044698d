"""A request to one of the exchange's own paths, from its bytes to its answer."""

import asyncio
import json

from connector.simulator.local.local_dispatch import awaited_answer, local_answer
from connector.simulator.persistence.state_hash import state_hash
from connector.simulator.rest.dispatch import Ask
from tests.companions.simulator.callers import Caller


def test_what_is_none_of_its_paths_and_what_they_cannot_read_is_refused(call: Caller) -> None:
    assert local_answer(call.runtime, Ask("GET", "/local/v1/nothing", "", "", None)).status == 404
    assert local_answer(call.runtime, Ask("POST", "/local/v1/account", "deposit=x", "", None)).status == 400
    assert local_answer(call.runtime, Ask("POST", "/local/v1/brackets", "", "[1", None)).status == 400
    twice = local_answer(call.runtime, Ask("GET", "/local/v1/account", "a=1&a=1", "", None))
    assert (twice.status, json.loads(twice.body)["code"]) == (400, -1101)


async def test_a_long_look_tells_the_moment_of_the_question_while_orders_come_in(call: Caller) -> None:
    before = state_hash(call.runtime.engine)
    asked = asyncio.create_task(awaited_answer(call.runtime, Ask("GET", "/local/v1/state", "", "", None)))
    await asyncio.sleep(0)
    assert call.order("BUY", "0.01", "50000")["status"] == "NEW"
    reply = await asked
    assert (reply.status, json.loads(reply.body)["hash"]) == (200, before)
    assert state_hash(call.runtime.engine) != before


async def test_a_long_look_that_is_asked_wrongly_is_refused_alike(call: Caller) -> None:
    reply = await awaited_answer(call.runtime, Ask("GET", "/local/v1/state", "odd=1", "", None))
    assert (reply.status, json.loads(reply.body)["code"]) == (400, -1130)
