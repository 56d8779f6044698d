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


def account_of(call: Caller, **params: object) -> Caller:
    """A new account made with those parameters."""
    reply = call.local("POST", "/local/v1/account", deposit=10_000, **params)
    return holder(call, reply["api_key"])


def holder(call: Caller, api_key: str) -> Caller:
    sender = call.runtime.api_keys.find(api_key)
    assert sender is not None
    return Caller(call.runtime, call.clock, sender)


def group_of(call: Caller) -> int:
    return int(call("GET", "/fapi/v1/accountConfig")["tradeGroupId"])


def test_accounts_of_one_owner_do_not_trade_with_each_other(call: Caller) -> None:
    second = account_of(call, owner=call.sender.api_key)
    third, stranger = account_of(call, owner=second.sender.api_key), account_of(call)
    assert group_of(call) == group_of(second) == group_of(third) == call.sender.account_id
    assert group_of(stranger) == -1
    resting = second.order("SELL", "0.1", "60000")
    stranger.order("SELL", "0.1", "60000")
    taken = call.order("BUY", "0.1", "60000")
    assert second("GET", "/fapi/v1/order", symbol="BTCUSDT", orderId=resting["orderId"])["status"] == "EXPIRED_IN_MATCH"
    assert call("GET", "/fapi/v1/order", symbol="BTCUSDT", orderId=taken["orderId"])["status"] == "FILLED"
    (trade,) = call("GET", "/fapi/v1/userTrades", symbol="BTCUSDT")
    assert trade["qty"] == "0.100"
    assert second("GET", "/fapi/v1/userTrades", symbol="BTCUSDT") == []


def test_accounts_of_one_owner_have_money_and_positions_of_their_own(call: Caller) -> None:
    second = account_of(call, owner=call.sender.api_key)
    call.local("POST", "/local/v1/transfer", api_key=second.sender.api_key, asset="USDT", amount=5, wallet="spot")
    assert call("POST", "/sapi/v3/asset/getUserAsset") == []
    assert second("POST", "/sapi/v3/asset/getUserAsset")[0]["free"] == "5.00000000"


def test_an_owner_that_nobody_is_makes_no_account(call: Caller) -> None:
    before = len(call.runtime.engine.accounts)
    assert call.local("POST", "/local/v1/account", deposit=1, owner="nobody")["code"] == -2015
    assert len(call.runtime.engine.accounts) == before


async def test_a_further_key_of_an_account_trades_for_it(client: SocketClient, venue: LocalExchange) -> None:
    key = client.sender.api_key
    _, _, reply = await client.raw("POST", "/local/v1/key", f"api_key={key}&universal_transfer=true")
    sender = venue.runtime.api_keys.find(reply["api_key"])
    assert sender is not None
    again = SocketClient(client.session, venue, sender)
    placed = await again.order("BUY", "0.1", "50000")
    (order,) = await client("GET", "/fapi/v1/openOrders", symbol="BTCUSDT")
    assert order["orderId"] == placed["orderId"]
    permits = {
        each.sender.api_key: (await each("GET", "/sapi/v1/account/apiRestrictions"))["permitsUniversalTransfer"]
        for each in (client, again)
    }
    assert permits == {key: False, reply["api_key"]: True}
    await client.raw("DELETE", "/local/v1/key", f"api_key={key}")
    assert (await client("GET", "/fapi/v3/balance"))["code"] == -2015
    assert isinstance(await again("GET", "/fapi/v3/balance"), list)


TOLD = {
    "reading": "enableReading",
    "futures": "enableFutures",
    "withdrawals": "enableWithdrawals",
    "internal_transfer": "enableInternalTransfer",
    "universal_transfer": "permitsUniversalTransfer",
    "spot": "enableSpotAndMarginTrading",
    "margin": "enableMargin",
    "portfolio_margin": "enablePortfolioMarginTrading",
    "options": "enableVanillaOptions",
    "fix_trade": "enableFixApiTrade",
    "fix_read": "enableFixReadOnly",
}


@pytest.mark.parametrize("flag", TOLD)
def test_each_right_can_be_given_and_taken_at_any_time(call: Caller, flag: str) -> None:
    made = account_of(call, addresses="127.0.0.1", **{flag: "true"})
    told = [
        call.local("PUT", "/local/v1/key", api_key=made.sender.api_key, **{flag: word}) for word in ("false", "true")
    ]
    assert [row[TOLD[flag]] for row in told] == [False, True]
    assert made("GET", "/sapi/v1/account/apiRestrictions") == told[-1]
    assert set(told[-1]) == {"ipRestrict", "createTime", *TOLD.values()}
    others = {name for name in TOLD.values() if told[0][name]}
    assert others == {"enableReading", "enableFutures"} - {TOLD[flag]}


def test_a_right_that_is_taken_is_missed_at_once(call: Caller) -> None:
    call.local("PUT", "/local/v1/key", api_key=call.sender.api_key, futures="false")
    assert call.order("BUY", "0.01", "59000")["code"] == -2015
    call.local("PUT", "/local/v1/key", api_key=call.sender.api_key, futures="true")
    assert call.order("BUY", "0.01", "59000")["status"] == "NEW"


def test_an_address_can_be_asked_for_later_and_let_go(call: Caller) -> None:
    key = call.sender.api_key
    assert call.local("PUT", "/local/v1/key", api_key=key, addresses="10.0.0.1")["ipRestrict"] is True
    assert call.code("GET", "/fapi/v3/balance") == -2015
    assert call.local("PUT", "/local/v1/key", api_key=key, withdrawals="true")["enableWithdrawals"] is True
    assert call.local("PUT", "/local/v1/key", api_key=key, addresses="any")["code"] == -1128
    assert call.local("PUT", "/local/v1/key", api_key=key, withdrawals="false", addresses="any")["ipRestrict"] is False
    assert isinstance(call("GET", "/fapi/v3/balance"), list)
    assert call.local("PUT", "/local/v1/key", api_key="nobody")["code"] == -2015


def test_a_key_whose_trading_has_an_end_tells_it_trades_up_to_it_and_reads_on(call: Caller) -> None:
    assert "tradingAuthorityExpirationTime" not in call("GET", "/sapi/v1/account/apiRestrictions")
    ends_ms = call.runtime.now_ms() + 1_000
    told = call.local("PUT", "/local/v1/key", api_key=call.sender.api_key, trading_ends=str(ends_ms))
    assert told["tradingAuthorityExpirationTime"] == ends_ms
    assert call("GET", "/sapi/v1/account/apiRestrictions") == told
    assert call.order("BUY", "0.01", "59000")["status"] == "NEW"
    call.clock.advance(1_000)
    assert call.order("BUY", "0.01", "59000")["code"] == -2015
    assert "totalWalletBalance" in call("GET", "/fapi/v3/account")
    call.local("PUT", "/local/v1/key", api_key=call.sender.api_key, trading_ends="0")
    assert call.order("BUY", "0.01", "59000")["status"] == "NEW"
