import time
from urllib.parse import quote_plus

import aiohttp
import pytest

from connector.simulator.access.signatures import KeyKind, new_pair
from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import Caller, SocketClient, signed
from tests.simulator.access.test_signatures import signature


@pytest.mark.parametrize("kind", ["RSA", "ED25519"])
async def test_a_key_that_the_exchange_made_signs_over_rest(client: SocketClient, kind: str) -> None:
    _, _, reply = await client.raw("POST", "/local/v1/account", f"deposit=100&kind={kind}")
    text = f"timestamp={time.time_ns() // 1_000_000}"
    given = signature(reply["api_secret"], text.encode())
    headers = {"X-MBX-APIKEY": reply["api_key"]}
    address = f"{client.venue.rest}/fapi/v3/balance?{text}&signature="
    async with client.session.get(address + quote_plus(given), headers=headers) as reply:
        assert reply.status == 200
    async with client.session.get(address + "AAAA", headers=headers) as reply:
        assert (await reply.json())["code"] == -1022


def test_a_callers_own_public_half_is_all_the_exchange_knows(call: Caller) -> None:
    pair = new_pair(KeyKind.ED25519)
    reply = call.local("POST", "/local/v1/account", deposit=1, public_key=pair.public)
    assert (reply["kind"], reply["api_secret"], reply["public_key"]) == ("ED25519", "", pair.public)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"kind": "DSA"}, -4056),
        ({"public_key": "none"}, -4057),
        ({"public_key": new_pair(KeyKind.ED25519).public, "kind": "RSA"}, -4057),
        ({"addresses": "here"}, -1130),
        ({"futures": "perhaps"}, -1130),
        ({"withdrawals": "true"}, -1128),
    ],
)
def test_what_is_no_key_is_refused(call: Caller, params: dict[str, str], code: int) -> None:
    before = len(call.runtime.engine.accounts)
    assert call.local("POST", "/local/v1/account", deposit=1, **params)["code"] == code
    assert len(call.runtime.engine.accounts) == before


def test_a_key_that_only_reads_cannot_trade(call: Caller) -> None:
    reply = call.local("POST", "/local/v1/account", deposit=1_000, futures="false")
    sender = call.runtime.api_keys.find(reply["api_key"])
    assert sender is not None
    watcher = Caller(call.runtime, call.clock, sender)
    assert watcher("GET", "/sapi/v1/account/apiRestrictions")["enableFutures"] is False
    assert "listenKey" in watcher("POST", "/fapi/v1/listenKey")
    refusal = watcher.order("BUY", "0.01", "59000")
    assert refusal["code"] == -2015
    assert watcher.ask("POST", "/fapi/v1/order").status == 401


async def test_a_key_of_one_address_is_refused_from_another(venue: LocalExchange, client: SocketClient) -> None:
    _, _, reply = await client.raw("POST", "/local/v1/account", "deposit=1&withdrawals=true&addresses=127.0.0.2")
    sender = venue.runtime.api_keys.find(reply["api_key"])
    assert sender is not None
    query = signed(sender.api_secret, f"timestamp={time.time_ns() // 1_000_000}")
    answers = {}
    for address in ("127.0.0.1", "127.0.0.2"):
        connector = aiohttp.TCPConnector(local_addr=(address, 0))
        headers = {"X-MBX-APIKEY": sender.api_key}
        async with (
            aiohttp.ClientSession(connector=connector, headers=headers) as session,
            session.get(f"{venue.rest}/sapi/v1/account/apiRestrictions?{query}") as reply,
        ):
            answers[address] = reply.status, await reply.json()
    assert answers["127.0.0.1"] == (
        401,
        {"code": -2015, "msg": "Invalid API-key, IP, or permissions for action, request ip: 127.0.0.1"},
    )
    assert answers["127.0.0.2"][1]["ipRestrict"] is True


def test_a_revoked_key_is_refused_from_then_on(call: Caller) -> None:
    reply = call.local("DELETE", "/local/v1/key", api_key=call.sender.api_key)
    assert reply["enableFutures"] is True
    assert call.code("GET", "/fapi/v3/balance") == -2015
    assert call.local("DELETE", "/local/v1/key", api_key=call.sender.api_key)["code"] == -2015
