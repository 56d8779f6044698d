import pytest

from connector.simulator.calls import Call
from connector.simulator.parameters import Parameters
from connector.simulator.refusals import Refusal
from tests.simulator.callers import Caller


def call_with(call: Caller, **sent: str) -> Call:
    return Call(call.floor, Parameters(sent), call.clock.ms, None)


def test_a_public_call_has_no_account(call: Caller) -> None:
    with pytest.raises(Refusal, match="-2014"):
        _ = call_with(call).account


def test_the_symbol_is_mandatory_or_means_one_of_all(call: Caller) -> None:
    with pytest.raises(Refusal, match="-1102"):
        call_with(call).listing()
    assert [row.symbol for row in call_with(call).listings()] == ["BTCUSDT", "ETHUSDT"]
    assert [row.symbol for row in call_with(call, symbol="ETHUSDT").listings()] == ["ETHUSDT"]
