"""Keys that are refused for a while, over REST, the WS-API and on user streams."""

import time

import aiohttp
import pytest

from connector.simulator.access.key_faults import CODES
from connector.simulator.access.signatures import KeyKind, new_pair
from connector.simulator.fault_injection.catalogue import FAULTS, Moment
from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import Caller, SocketClient
from tests.companions.simulator.ws_callers import WsCaller, ws_signed


def test_each_lasts_for_a_while() -> None:
    assert {FAULTS[name].moment for name in CODES} == {Moment.FOR_A_WHILE}


@pytest.mark.parametrize(("fault", "code"), CODES.items())
async def test_a_key_is_refused_for_a_while_and_then_good_again(
    venue: LocalExchange, client: SocketClient, fault: str, code: int
) -> None:
    await client.raw("POST", "/local/v1/faults", f"name={fault}&ms=60000")
    refusal = await client.order("BUY", "0.01", "59000")
    assert refusal["code"] == code
    if code == -2015:
        assert "request ip: 127.0.0.1" in refusal["msg"]
    status, _, body = await client.raw("POST", "/fapi/v1/listenKey")
    assert (status, body["code"]) == (401, code), "user streams begin no more"
    assert (await client.raw("GET", "/fapi/v1/time"))[0] == 200, "what asks for no key goes on"
    await client.raw("POST", "/local/v1/faults", f"name={fault}&times=0")
    assert (await client.order("BUY", "0.01", "59000"))["status"] == "NEW"


def test_the_time_of_a_fault_ends_by_itself(call: Caller) -> None:
    call.runtime.faults.arm("key_expired", ms=2_000)
    assert call.order("BUY", "0.01", "59000")["code"] == -2015
    call.clock.advance(2_000)
    assert call.order("BUY", "0.01", "59000")["status"] == "NEW"


def test_one_key_can_be_chosen_and_the_others_are_spared(call: Caller) -> None:
    other = call.other()
    call.local("POST", "/local/v1/faults", name="key_unknown_2008", api_key=other.sender.api_key)
    assert other.order("BUY", "0.01", "59000")["code"] == -2008
    assert call.order("BUY", "0.01", "59000")["status"] == "NEW"


@pytest.mark.parametrize(("fault", "ends"), [("key_revoked", True), ("key_expired", False)])
async def test_a_revoked_key_ends_its_user_stream_and_an_expired_one_does_not(
    venue: LocalExchange, client: SocketClient, fault: str, ends: bool
) -> None:
    other = SocketClient(client.session, venue, venue.admit(venue.settings.deposit))
    mine, others = await client.user_stream(), await other.user_stream()
    await client.order("BUY", "0.01", "59000")
    assert (await mine.receive_json(timeout=5))["e"] == "ORDER_TRADE_UPDATE"
    await client.raw("POST", "/local/v1/faults", f"name={fault}&api_key={client.sender.api_key}&ms=60000")
    venue.act(lambda engine, now_ms: engine.cancel_all(venue.account_id, "BTCUSDT", now_ms))
    assert (await mine.receive_json(timeout=5))["e"] == ("listenKeyExpired" if ends else "ORDER_TRADE_UPDATE")
    await other.order("BUY", "0.01", "58000")
    assert (await others.receive_json(timeout=5))["e"] == "ORDER_TRADE_UPDATE", "the others hear on"


def test_a_session_that_was_logged_on_ends_with_its_key(call: Caller) -> None:
    sender = call.runtime.admit(call.runtime.settings.deposit, new_pair(KeyKind.ED25519))
    ws = WsCaller(call, sender)
    assert ws("session.logon")["status"] == 200
    call.runtime.faults.arm("key_revoked")
    refused = ws.unsigned("account.balance", timestamp=call.runtime.now_ms())
    assert (refused["id"], refused["status"], refused["error"]["code"]) == (None, 401, -2015)
    call.runtime.faults.arm("key_revoked", 0)
    again = ws.unsigned("account.balance", timestamp=call.runtime.now_ms())
    assert again["error"]["code"] == -1102, "it has to be logged on anew"


async def test_the_ws_api_refuses_a_key_as_rest_does(venue: LocalExchange, client: SocketClient) -> None:
    await client.raw("POST", "/local/v1/faults", "name=key_format_2014&ms=60000")
    async with aiohttp.ClientSession() as session, session.ws_connect(venue.ws_api) as socket:
        signed = ws_signed(client.sender, {"timestamp": time.time_ns() // 1_000_000})
        await socket.send_json({"id": 1, "method": "account.balance", "params": signed})
        reply = await socket.receive_json(timeout=5)
    assert (reply["id"], reply["status"], reply["error"]["code"]) == (1, 401, -2014)
