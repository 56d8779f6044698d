"""The exchange's own paths refuse what they do not know."""

import pytest

from connector.simulator.local.local_parameters import TAKES
from connector.simulator.local.local_routes import LOCAL_ROUTES
from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import Caller, SocketClient


def test_every_path_says_what_it_takes() -> None:
    """Which parameters a fault takes, its row says."""
    assert set(LOCAL_ROUTES) - set(TAKES) == {("POST", "/local/v1/faults")}
    assert set(TAKES) <= set(LOCAL_ROUTES)


@pytest.mark.parametrize("route", sorted(LOCAL_ROUTES))
def test_an_unknown_parameter_is_refused_and_nothing_is_done(call: Caller, route: tuple[str, str]) -> None:
    before = call.local("GET", "/local/v1/state")
    refusal = call.local(*route, wether="fine")
    assert refusal["code"] == -1130 and "\n" not in refusal["msg"]
    assert call.local("GET", "/local/v1/state") == before


def test_the_refusal_says_what_was_meant_and_what_would_do(call: Caller) -> None:
    refusal = call.local("POST", "/local/v1/mark", symbol="BTCUSDT", prise="1")
    assert refusal["msg"] == "POST /local/v1/mark takes no 'prise' (did you mean price?); it takes symbol, price"
    assert call.local("GET", "/local/v1/state", x="1")["msg"] == "GET /local/v1/state takes no 'x'; it takes none"
    refusal = call.local("GET", "/local/v1/view", symbol="BTCUSD")
    assert (refusal["code"], refusal["msg"][:59]) == (
        -1121,
        "symbol 'BTCUSD' is not listed (did you mean BTCUSDT or ETHU",
    )


async def test_it_is_refused_over_the_socket(venue: LocalExchange, client: SocketClient) -> None:
    status, _, body = await client.raw("POST", "/local/v1/clock", "step=5")
    assert status == 400 and body["msg"].endswith("it takes rate, step_ms")
