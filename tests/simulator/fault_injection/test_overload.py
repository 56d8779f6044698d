"""What an overloaded exchange still takes."""

import pytest

from connector.simulator.fault_injection.overload import is_spared
from tests.companions.simulator.socket_desk import SocketClient

BUY = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}


@pytest.mark.parametrize(
    ("method", "sent", "passes"),
    [
        ("POST", BUY, False),
        ("POST", BUY | {"reduceOnly": "false"}, False),
        ("POST", BUY | {"reduceOnly": "true"}, True),
        ("POST", {"side": "SELL", "closePosition": "true"}, True),
        ("POST", {"side": "SELL", "positionSide": "LONG"}, True),
        ("POST", {"side": "BUY", "positionSide": "SHORT"}, True),
        ("POST", {"side": "BUY", "positionSide": "LONG"}, False),
        ("DELETE", {"symbol": "BTCUSDT"}, True),
    ],
)
def test_what_only_closes_and_what_cancels_is_spared(method: str, sent: dict[str, str], passes: bool) -> None:
    assert is_spared(method, sent) == passes


async def test_an_overloaded_exchange_takes_what_reduces_and_refuses_what_opens(client: SocketClient) -> None:
    await client.raw("POST", "/local/v1/faults", "name=overloaded_1008&times=1")
    closing = await client("POST", "/fapi/v1/order", **BUY, reduceOnly="true")
    assert closing["code"] == -2022, "it reached the exchange, where there is nothing to reduce"
    assert (await client("POST", "/fapi/v1/order", **BUY))["code"] == -1008
