"""The wallet's paths over the port: what they tell, what a transfer moves, and what refuses it."""

import time
from typing import Any

import pytest

from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from tests.companions.simulator.callers import START_MS, Caller, SocketClient, caller, names, signed

TRANSFER, BALANCE = "/sapi/v1/asset/transfer", "/sapi/v1/asset/wallet/balance"
DAY_MS = 86_400_000


async def mover(client: SocketClient, **wallets: str) -> SocketClient:
    """The ready-made account, whose key may move money now, with so much USDT in its other wallets."""
    key = client.sender.api_key
    await client.raw("PUT", "/local/v1/key", f"api_key={key}&universal_transfer=true")
    for wallet, amount in wallets.items():
        await client.raw("POST", "/local/v1/transfer", f"api_key={key}&asset=USDT&amount={amount}&wallet={wallet}")
    return client


async def balances(client: SocketClient) -> dict[str, str]:
    """What lies in the three wallets, in USDT."""
    rows = await client("GET", BALANCE, quoteAsset="USDT")
    return {row["walletName"]: row["balance"] for row in rows if row["activate"]}


async def test_the_state_of_system_and_account_is_told(client: SocketClient) -> None:
    status, headers, body = await client.raw("GET", "/sapi/v1/system/status")
    assert (status, body, headers["X-SAPI-USED-IP-WEIGHT-1M"]) == (200, {"status": 0, "msg": "normal"}, "1")
    assert (await client("GET", "/sapi/v1/account/status")) == {"data": "Normal"}
    info = await client("GET", "/sapi/v1/account/info")
    assert info["isFutureEnabled"] is True
    assert set(info) == names(
        "vipLevel isMarginEnabled isFutureEnabled isOptionsEnabled isPortfolioMarginRetailEnabled"
    )
    told = (await client("GET", "/sapi/v1/account/apiTradingStatus"))["data"]
    assert (told["isLocked"], set(told["triggerCondition"])) == (False, names("GCR IFER UFR"))


async def test_the_spot_hosts_time_is_the_exchanges(client: SocketClient) -> None:
    _, headers, spot = await client.raw("GET", "/api/v3/time")
    _, _, futures = await client.raw("GET", "/fapi/v1/time")
    assert 0 <= futures["serverTime"] - spot["serverTime"] < 5_000
    assert headers["X-MBX-USED-WEIGHT-1M"] == "1"


async def test_money_goes_from_spot_to_futures_and_both_sides_tell_it(client: SocketClient) -> None:
    await mover(client, spot="500.25")
    stream = await client.user_stream()
    moved = await client("POST", TRANSFER, type="MAIN_UMFUTURE", asset="USDT", amount="200.00000001")
    event = await stream.receive_json(timeout=5)
    assert (event["e"], event["a"]["m"]) == ("ACCOUNT_UPDATE", "DEPOSIT")
    assert (event["a"]["B"][0]["wb"], event["a"]["B"][0]["bc"]) == ("10200.00000001", "200.00000001")
    income = (await client("GET", "/fapi/v1/income", incomeType="TRANSFER"))[-1]
    assert (income["tranId"], income["income"]) == (moved["tranId"], "200.00000001")
    told = await client("GET", TRANSFER, type="MAIN_UMFUTURE")
    (row,) = told["rows"]
    assert (told["total"], row["tranId"], row["amount"], row["status"]) == (
        1,
        moved["tranId"],
        "200.00000001",
        "CONFIRMED",
    )
    (spot,) = await client("POST", "/sapi/v3/asset/getUserAsset", needBtcValuation="true")
    assert (spot["asset"], spot["free"], spot["ipoable"]) == ("USDT", "300.24999999", "0")
    assert spot["btcValuation"] == "0.00500417"


async def test_what_leaves_the_futures_wallet_is_told_as_withdrawn(client: SocketClient) -> None:
    await mover(client)
    stream = await client.user_stream()
    await client("POST", TRANSFER, type="UMFUTURE_FUNDING", asset="USDT", amount="1000")
    event = await stream.receive_json(timeout=5)
    assert (event["a"]["m"], event["a"]["B"][0]["bc"]) == ("WITHDRAW", "-1000.00000000")
    (funding,) = await client("POST", "/sapi/v1/asset/get-funding-asset", asset="USDT")
    assert (funding["free"], funding["btcValuation"]) == ("1000.00000000", "0")
    assert set(funding) == names("asset free locked freeze withdrawing btcValuation")


WAYS = [
    ("MAIN_UMFUTURE", ("90", "100", "10010")),
    ("UMFUTURE_MAIN", ("110", "100", "9990")),
    ("FUNDING_UMFUTURE", ("100", "90", "10010")),
    ("UMFUTURE_FUNDING", ("100", "110", "9990")),
    ("MAIN_FUNDING", ("90", "110", "10000")),
    ("FUNDING_MAIN", ("110", "90", "10000")),
]


@pytest.mark.parametrize(("way", "after"), WAYS)
async def test_each_direction_moves_between_its_two_wallets(
    client: SocketClient, venue: LocalExchange, way: str, after: tuple[str, str, str]
) -> None:
    await mover(client, spot="100", funding="100")
    assert "tranId" in await client("POST", TRANSFER, type=way, asset="USDT", amount="10")
    found = await balances(client)
    assert (found["Spot"], found["Funding"], found["USDⓈ-M Futures"]) == after


async def test_positions_hold_back_what_backs_them(client: SocketClient, venue: LocalExchange) -> None:
    await mover(client)
    maker = venue.admit(venue.settings.deposit * 100)
    other = SocketClient(client.session, venue, maker)
    await other.order("SELL", "1", "60000")
    await client.order("BUY", "1")
    rows = await client("GET", "/fapi/v3/balance")
    most = next(row["maxWithdrawAmount"] for row in rows if row["asset"] == "USDT")
    assert 0 < float(most) < 10_000 - 3_000
    over = f"{float(most) + 1:.8f}"
    assert (await client("POST", TRANSFER, type="UMFUTURE_MAIN", asset="USDT", amount=over)) == {
        "code": -5013,
        "msg": "Asset transfer failed: insufficient balance",
    }
    assert "tranId" in await client("POST", TRANSFER, type="UMFUTURE_MAIN", asset="USDT", amount=most)


async def test_a_key_without_the_right_moves_nothing(client: SocketClient) -> None:
    row = f"type=UMFUTURE_MAIN&asset=USDT&amount=1&timestamp={time.time_ns() // 1_000_000}"
    status, _, told = await client.raw("POST", TRANSFER, signed(client.sender.api_secret, row))
    assert status == 401
    assert told == {"code": -1002, "msg": "You are not authorized to execute this request."}
    key = client.sender.api_key
    _, _, rights = await client.raw("PUT", "/local/v1/key", f"api_key={key}&universal_transfer=true&reading=false")
    assert (rights["permitsUniversalTransfer"], rights["enableReading"]) == (True, False)
    assert "tranId" in await client("POST", TRANSFER, type="UMFUTURE_MAIN", asset="USDT", amount="1")
    assert (await client("GET", TRANSFER, type="UMFUTURE_MAIN"))["code"] == -2015
    assert (await client("POST", "/sapi/v3/asset/getUserAsset"))["code"] == -2015


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": "10000.00000001"}, -5013),
        ({"amount": "0"}, -5007),
        ({"amount": "-5"}, -5007),
        ({"amount": "0.000000001"}, -1111),
        ({"amount": "much"}, -1100),
        ({"asset": "GOLD"}, -1102),
        ({"type": "MAIN_MARGIN"}, -1020),
        ({"type": "UMFUTURE_OPTION"}, -1020),
        ({"type": "UMFUTURE_MOON"}, -1102),
        ({"type": "MAIN_UMFUTURE"}, -5013),
    ],
)
async def test_a_transfer_that_is_refused_moves_nothing(
    client: SocketClient, change: dict[str, str], code: int
) -> None:
    await mover(client)
    before = await balances(client)
    row = {"type": "UMFUTURE_MAIN", "asset": "USDT", "amount": "1", **change}
    assert (await client("POST", TRANSFER, **row))["code"] == code
    assert await balances(client) == before
    assert (await client("GET", TRANSFER, type="UMFUTURE_MAIN"))["rows"] == []


def rich(settings: SimulatorSettings | None = None) -> Caller:
    me = caller(settings) if settings else caller()
    me.local("PUT", "/local/v1/key", api_key=me.sender.api_key, universal_transfer="true")
    return me


def history(me: Caller, **params: object) -> tuple[int, list[str]]:
    """How many there are, and the amounts of the page."""
    told: Any = me("GET", TRANSFER, type="UMFUTURE_MAIN", **params)
    return told["total"], [row["amount"] for row in told["rows"]]


def test_the_history_comes_in_pages_the_newest_first() -> None:
    me = rich()
    for amount in range(1, 13):
        me("POST", TRANSFER, type="UMFUTURE_MAIN", asset="USDT", amount=amount)
        me.clock.advance(1_000)
    assert history(me) == (12, [str(amount) for amount in range(12, 2, -1)])
    assert history(me, current=2) == (12, ["2", "1"])
    assert history(me, current=3, size=5) == (12, ["2", "1"])
    assert history(me, startTime=START_MS + 2_000, endTime=START_MS + 3_000) == (2, ["4", "3"])
    assert me.code("GET", TRANSFER, type="UMFUTURE_MAIN", size=101) == -1130
    assert me.code("GET", TRANSFER, type="UMFUTURE_MAIN", current=0) == -1130
    assert me.code("GET", TRANSFER) == -1102
    assert me("GET", TRANSFER, type="MAIN_UMFUTURE") == {"total": 0, "rows": []}


def test_the_history_is_that_of_a_week_unless_a_start_is_given() -> None:
    me = rich()
    me("POST", TRANSFER, type="UMFUTURE_MAIN", asset="USDT", amount=1)
    me.clock.advance(8 * DAY_MS)
    assert history(me) == (0, [])
    assert history(me, startTime=START_MS) == (1, ["1"])
    assert history(me, endTime=START_MS + 1) == (1, ["1"])
    me.clock.advance(183 * DAY_MS)
    assert history(me, startTime=START_MS, endTime=START_MS + 1_000) == (0, [])


def test_every_wallet_tells_its_assets_where_they_are_asked_for() -> None:
    me = rich()
    me.local("POST", "/local/v1/transfer", api_key=me.sender.api_key, asset="BTC", amount="0.5", wallet="spot")
    rows = me("GET", BALANCE, needBalanceDetail="true")
    (spot,) = [row for row in rows if row["walletName"] == "Spot"]
    assert (spot["balance"], spot["assetBalances"][0]["free"]) == ("0.5", "0.50000000")
    assert set(spot["assetBalances"][0]) == names("asset assetName free locked freeze withdrawing btcValuation")
    assert me.code("GET", BALANCE, quoteAsset="GOLD") == -1130
    assert me.ask("GET", BALANCE).headers == {"X-SAPI-USED-IP-WEIGHT-1M": "180"}


def test_each_path_of_the_wallet_has_a_pool_of_its_own_and_transfers_one_by_account() -> None:
    me = rich(SimulatorSettings(background=False, limits=True))
    other = me.other()
    me.local("PUT", "/local/v1/key", api_key=other.sender.api_key, universal_transfer="true")
    answers = [me.ask("POST", TRANSFER, type="UMFUTURE_MAIN", asset="USDT", amount=1) for _ in range(601)]
    assert [reply.status for reply in answers] == [200] * 600 + [429]
    assert answers[0].headers["X-SAPI-USED-UID-WEIGHT-1M"] == "300"
    assert other.ask("POST", TRANSFER, type="UMFUTURE_MAIN", asset="USDT", amount=1).headers == {
        "X-SAPI-USED-UID-WEIGHT-1M": "300"
    }
    assert me.ask("GET", TRANSFER, type="UMFUTURE_MAIN").headers["X-SAPI-USED-IP-WEIGHT-1M"] == "1"
    assert me.ask("GET", "/fapi/v1/ping").headers == {"X-MBX-USED-WEIGHT-1M": "1"}


@pytest.mark.parametrize("wallet", ["spot", "funding"])
def test_money_from_outside_can_be_brought_into_any_wallet_and_out(wallet: str) -> None:
    me = rich()
    row = {"api_key": me.sender.api_key, "asset": "USDC", "wallet": wallet}
    assert me.local("POST", "/local/v1/transfer", **row, amount="5")["income"] == "5.00000000"
    assert me.local("POST", "/local/v1/transfer", **row, amount="-5.00000001")["code"] == -2018
    assert me.local("POST", "/local/v1/transfer", **row, amount="-5")["income"] == "-5.00000000"
    assert me.local("POST", "/local/v1/transfer", **{**row, "wallet": "sock"}, amount="5")["code"] == -1130
    assert [held["income"] for held in me("GET", "/fapi/v1/income", incomeType="TRANSFER")] == ["10000.00000000"]
