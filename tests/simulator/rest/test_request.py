import pytest

from connector.simulator.access.parameters import Parameters
from connector.simulator.errors import VenueError
from connector.simulator.rest.request import Request
from tests.companions.simulator.callers import Caller


def call_with(call: Caller, **sent: str) -> Request:
    return Request(call.runtime, Parameters(sent), call.clock.ms, None)


def test_a_public_call_has_no_account(call: Caller) -> None:
    with pytest.raises(VenueError, match="-2014"):
        _ = call_with(call).account


def test_the_symbol_is_mandatory_or_means_one_of_all(call: Caller) -> None:
    with pytest.raises(VenueError, match="-1102"):
        call_with(call).listing()
    assert [row.symbol for row in call_with(call).listings()] == ["BTCUSDT", "ETHUSDT"]
    assert [row.symbol for row in call_with(call, symbol="ETHUSDT").listings()] == ["ETHUSDT"]
