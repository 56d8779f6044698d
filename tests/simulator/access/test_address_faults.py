"""An address that is banned, limited, or shares its weight with others for a while, over every door."""

import json
import re
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest

from connector.simulator.clock import VirtualClock
from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import QUIET, START_MS, Caller, SocketClient, caller
from tests.companions.simulator.ws_callers import WsCaller

FAULTS, WEIGHT = "/local/v1/faults", "X-MBX-USED-WEIGHT-1M"
#: What an address that is banned, or limited, is answered, and the fault that does it.
STATUSES = [("address_banned", 418), ("address_rate_limited", 429)]


@pytest.fixture
async def limited() -> AsyncIterator[LocalExchange]:
    """A quiet exchange that holds the venue's limits, with a clock of its own: a test may stop it."""
    async with LocalExchange(replace(QUIET, limits=True, clock=VirtualClock())) as running:
        yield running


@pytest.mark.parametrize(("fault", "status"), STATUSES)
async def test_every_door_is_shut_while_it_lasts_and_open_when_it_is_disarmed(
    venue: LocalExchange, client: SocketClient, fault: str, status: int
) -> None:
    socket = await client.session.ws_connect(venue.ws_api)
    user = await client.user_stream()
    await client.raw("POST", FAULTS, f"name={fault}&ms=60000")
    asked_ms = time.time() * 1000
    for _ in range(15):
        answered, headers, body = await client.raw("GET", "/fapi/v1/time")
        assert (answered, body["code"]) == (status, -1003)
    if fault == "address_banned":
        (until,) = re.findall(r"IP\(127\.0\.0\.1\) banned until (\d+)\.", body["msg"])
        assert abs(int(until) - asked_ms - 60_000) < 2_000 and "Retry-After" not in headers
    else:
        assert 55 <= int(headers["Retry-After"]) <= 60
    await socket.send_str(json.dumps({"id": 1, "method": "ping"}))
    reply = await socket.receive_json(timeout=5)
    assert (reply["status"], reply["error"]["code"]) == (status, -1003)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await client.session.ws_connect(venue.ws_api)
    assert refused.value.status == status
    venue.act(lambda engine, now_ms: engine.set_leverage(venue.account_id, "BTCUSDT", 7, now_ms))
    assert (await user.receive_json(timeout=5))["e"] == "ACCOUNT_CONFIG_UPDATE", "streams go on"
    await client.raw("POST", FAULTS, f"name={fault}&times=0")
    assert (await client.raw("GET", "/fapi/v1/time"))[0] == 200, "nothing of it is held against the address"
    await socket.send_str(json.dumps({"id": 2, "method": "ping"}))
    assert (await socket.receive_json(timeout=5))["status"] == 200
    await (await client.session.ws_connect(venue.ws_api)).close()
    await socket.close()


@pytest.mark.parametrize(("fault", "status"), STATUSES)
def test_it_ends_at_its_time_by_the_steady_clock(fault: str, status: int) -> None:
    call = caller(replace(QUIET, limits=True))
    ws = WsCaller(call)
    call.local("POST", FAULTS, name=fault, ms=2_500)
    call.clock.advance(2_499)
    call.runtime.faults.arm("clock_skew", ms=3_600_000)
    last = call.ask("GET", "/fapi/v1/ping")
    assert (last.status, ws.unsigned("ping")["status"]) == (status, status)
    if fault == "address_banned":
        assert f"banned until {START_MS + 2_500 + 3_600_000}." in last.body.decode(), "told by the exchange's clock"
    else:
        assert last.headers["Retry-After"] == "1"
    call.clock.advance(1)
    assert (call.ask("GET", "/fapi/v1/ping").status, ws.unsigned("ping")["status"]) == (200, 200)


async def test_used_up_weight_stands_in_the_header_minute_after_minute(limited: LocalExchange) -> None:
    async with aiohttp.ClientSession() as session:
        client = SocketClient(session, limited, limited.runtime.default_key)
        await client.raw("POST", "/local/v1/clock", "rate=0")
        told = (await client.raw("POST", FAULTS, "name=weight_used_up&left=100&ms=60000"))[2]
        assert (told["state"], told["left"]) == ("armed", 100)
        _, headers, _ = await client.raw("GET", "/fapi/v1/time")
        assert headers[WEIGHT] == "2301"
        status, headers, body = await client.raw("GET", "/fapi/v1/depth", "symbol=BTCUSDT&limit=1000")
        assert (status, headers[WEIGHT]) == (200, "2321")
        await client.raw("POST", FAULTS, "name=weight_used_up&ms=60000")
        status, headers, body = await client.raw("GET", "/fapi/v1/time")
        assert (status, body["code"]) == (429, -1003) and int(headers["Retry-After"]) <= 60


def used(call: Caller) -> int:
    return int(call.ask("GET", "/fapi/v1/ping").headers[WEIGHT])


def test_what_others_used_is_free_with_the_next_minute_once_they_stop() -> None:
    call = caller(replace(QUIET, limits=True))
    call.local("POST", FAULTS, name="weight_used_up", left=50, ms=90_000)
    assert used(call) == 2_351
    call.clock.advance(60_000)
    assert used(call) == 2_351
    (row,) = WsCaller(call).unsigned("ping")["rateLimits"]
    assert row["count"] == 2_352
    call.clock.advance(30_000)
    call.runtime.pulse()
    assert used(call) > 2_352, "what is used is used"
    call.clock.advance(60_000)
    assert used(call) == 1


def test_used_up_orders_are_told_and_free_with_the_next_windows() -> None:
    call = caller(replace(QUIET, limits=True))
    call.local("POST", FAULTS, name="orders_used_up", left=1, ms=15_000)
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.01", "price": "59000"}
    order["timeInForce"] = "GTC"
    told = call.ask("POST", "/fapi/v1/order", **order)
    counts = told.headers["X-MBX-ORDER-COUNT-10S"], told.headers["X-MBX-ORDER-COUNT-1M"]
    assert (told.status, *counts) == (200, "300", "1200")
    assert call.code("POST", "/fapi/v1/order", **order) == -1015
    call.clock.advance(10_000)
    assert call.code("POST", "/fapi/v1/order", **order) == -1015, "the minute is used up, too"
    call.clock.advance(5_000)
    call.runtime.pulse()
    assert call.code("POST", "/fapi/v1/order", **order) == -1015
    call.clock.advance(60_000)
    assert call.ask("POST", "/fapi/v1/order", **order).headers["X-MBX-ORDER-COUNT-1M"] == "1"


def test_who_goes_on_beyond_the_weight_is_banned_as_ever() -> None:
    call = caller(replace(QUIET, limits=True))
    call.local("POST", FAULTS, name="weight_used_up", ms=1_000)
    assert [call.ask("GET", "/fapi/v1/ping").status for _ in range(12)] == [429] * 11 + [418]
    call.local("POST", FAULTS, name="weight_used_up", times=0)
    assert call.ask("GET", "/fapi/v1/ping").status == 418
