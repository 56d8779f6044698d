import pytest

from connector.simulator.rest.not_offered import NOT_OFFERED
from tests.companions.simulator.callers import Caller


@pytest.mark.parametrize(("method", "path"), sorted(NOT_OFFERED))
def test_what_is_not_offered_says_so_in_the_venues_shape(call: Caller, method: str, path: str) -> None:
    reply = call.ask(method, path, pair="BTCUSDT")
    assert reply.status == 400
    assert call(method, path) == {
        "code": -1020,
        "msg": "This operation is not supported. Not offered by the local exchange.",
    }
