"""From a request to one of the exchange's own paths to its answer: no limits, no keys, but names that must be known."""

from connector.simulator.access.parameters import Parameters, decoded_json
from connector.simulator.errors import VenueError
from connector.simulator.json_bytes import frame_of
from connector.simulator.local.local_parameters import check_local
from connector.simulator.local.local_routes import LOCAL_ROUTES
from connector.simulator.rest.dispatch import Answer, Ask, refused
from connector.simulator.runtime import Runtime


def local_answer(runtime: Runtime, ask: Ask) -> Answer:
    """What the exchange's own paths answer."""
    handler = LOCAL_ROUTES.get((ask.method, ask.path))
    if handler is None:
        return refused(VenueError(-5000, ask.path, ask.method))
    try:
        sent = decoded_json(ask.query, ask.body)
    except (ValueError, RecursionError):
        return refused(VenueError(-1135))
    try:
        check_local(runtime, ask.method, ask.path, sent)
        reply = Answer(200, frame_of(handler(runtime, Parameters(sent))))
    except VenueError as refusal:
        reply = refused(refusal)
    runtime.publish()
    return reply
