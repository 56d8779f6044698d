"""How many rows may be asked for at each endpoint, over real sockets: one more than that is refused."""

import time
from urllib.parse import urlencode

import pytest

from tests.companions.simulator.callers import SocketClient, signed
from tests.companions.simulator.ws_callers import ws_signed

BTC = "BTCUSDT"
CANDLES = {"interval": "1m", "symbol": BTC, "pair": BTC, "contractType": "PERPETUAL"}
#: The most rows of each endpoint with a `limit`, and what it must be sent beside it ("REST list", as of 2026-11).
MOST_ROWS: dict[str, tuple[int, dict[str, str]]] = {
    "klines": (1500, CANDLES),
    "continuousKlines": (1500, CANDLES),
    "indexPriceKlines": (1500, CANDLES),
    "markPriceKlines": (1500, CANDLES),
    "premiumIndexKlines": (1500, CANDLES),
    "trades": (1000, {"symbol": BTC}),
    "historicalTrades": (500, {"symbol": BTC}),
    "aggTrades": (1000, {"symbol": BTC}),
    "depth": (1000, {"symbol": BTC}),
    "rpiDepth": (1000, {"symbol": BTC}),
    "fundingRate": (1000, {"symbol": BTC}),
    "userTrades": (1000, {"symbol": BTC}),
    "allOrders": (1000, {"symbol": BTC}),
    "allAlgoOrders": (1000, {"symbol": BTC}),
    "orderAmendment": (100, {"symbol": BTC}),
    "positionMargin/history": (500, {"symbol": BTC}),
    "forceOrders": (100, {"symbol": BTC}),
    "income": (1000, {}),
}
BEYOND = {"code": -1130, "msg": "Data sent for parameter 'limit' is not valid."}


async def asked(client: SocketClient, path: str, limit: int) -> tuple[int, object]:
    """Status and body of the answer to that many rows."""
    sent = {**MOST_ROWS[path][1], "limit": limit, "timestamp": time.time_ns() // 1_000_000}
    status, _, body = await client.raw("GET", f"/fapi/v1/{path}", signed(client.sender.api_secret, urlencode(sent)))
    return status, body


@pytest.mark.parametrize("path", MOST_ROWS)
async def test_a_limit_is_taken_up_to_its_most_and_refused_beyond(client: SocketClient, path: str) -> None:
    most = MOST_ROWS[path][0]
    assert (await asked(client, path, most))[0] == 200
    for beyond in (most + 1, 2 * most, 0, -1):
        assert await asked(client, path, beyond) == (400, BEYOND)


@pytest.mark.parametrize("limit", [1, 3, 7, 999])
async def test_a_depth_that_is_not_offered_is_refused_by_its_number(client: SocketClient, limit: int) -> None:
    assert await asked(client, "depth", limit) == (400, {"code": -4021, "msg": f"{limit} is not valid depth limit"})


@pytest.mark.parametrize("limit", [5, 10, 20, 50, 100, 500, 1000])
async def test_every_offered_depth_is_answered(client: SocketClient, limit: int) -> None:
    assert (await asked(client, "depth", limit))[0] == 200


@pytest.mark.parametrize(
    ("limit", "error"), [(3, {"code": -4021, "msg": "3 is not valid depth limit"}), (1001, BEYOND), (1500, BEYOND)]
)
async def test_the_ws_api_refuses_the_same_depths(client: SocketClient, limit: int, error: dict[str, object]) -> None:
    socket = await client.open("/ws-fapi/v1")
    params = ws_signed(client.sender, {"symbol": BTC, "limit": limit, "timestamp": time.time_ns() // 1_000_000})
    await socket.send_json({"id": 1, "method": "depth", "params": params})
    answer = await socket.receive_json(timeout=5)
    assert (answer["status"], answer["error"]) == (400, error)
