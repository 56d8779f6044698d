"""A request to one of the exchange's own paths, from its bytes to its answer."""

from connector.simulator.local.local_dispatch import local_answer
from connector.simulator.rest.dispatch import Ask
from tests.companions.simulator.callers import Caller


def test_what_is_none_of_its_paths_and_what_they_cannot_read_is_refused(call: Caller) -> None:
    assert local_answer(call.runtime, Ask("GET", "/local/v1/nothing", "", "", None)).status == 404
    assert local_answer(call.runtime, Ask("POST", "/local/v1/account", "deposit=x", "", None)).status == 400
    assert local_answer(call.runtime, Ask("POST", "/local/v1/brackets", "", "[1", None)).status == 400
