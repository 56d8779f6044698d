"""From a request to one of the exchange's own paths to its answer: no limits, no keys, but names that must be known."""

from connector.simulator.access.parameters import Parameters, decoded_json
from connector.simulator.errors import VenueError
from connector.simulator.json_bytes import frame_of
from connector.simulator.local.local_parameters import check_local
from connector.simulator.local.local_routes import LOCAL_ROUTES
from connector.simulator.local.simulation_routes import LONG_LOOKS
from connector.simulator.persistence.copies import in_a_copy
from connector.simulator.rest.dispatch import Answer, Ask, refused
from connector.simulator.runtime import Runtime


async def awaited_answer(runtime: Runtime, ask: Ask) -> Answer:
    """`local_answer`; what looks at everything does so in a copy, and nobody else waits for it."""
    if (ask.method, ask.path) not in LONG_LOOKS:
        return local_answer(runtime, ask)
    told = await in_a_copy(lambda: _as_bytes(_carried_out(runtime, ask)))
    status, _, body = told.partition(b" ")
    return Answer(int(status), body)


def local_answer(runtime: Runtime, ask: Ask) -> Answer:
    """What the exchange's own paths answer."""
    reply = _carried_out(runtime, ask)
    runtime.publish()
    return reply


def _as_bytes(reply: Answer) -> bytes:
    return b"%d %b" % (reply.status, reply.body)


def _carried_out(runtime: Runtime, ask: Ask) -> Answer:
    handler = LOCAL_ROUTES.get((ask.method, ask.path))
    if handler is None:
        return refused(VenueError(-5000, ask.path, ask.method))
    try:
        sent = decoded_json(ask.query, ask.body)
    except (ValueError, RecursionError):
        return refused(VenueError(-1135))
    except VenueError as refusal:
        return refused(refusal)
    try:
        check_local(runtime, ask.method, ask.path, sent)
        return Answer(200, frame_of(handler(runtime, Parameters(sent))))
    except VenueError as refusal:
        return refused(refusal)
