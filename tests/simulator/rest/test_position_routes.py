import pytest

from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import Caller, SocketClient

BTC = "BTCUSDT"
DAY_MS = 86_400_000


def isolate(call: Caller) -> int:
    return call.code("POST", "/fapi/v1/marginType", symbol=BTC, marginType="ISOLATED")


def long(call: Caller) -> None:
    call.other().order("SELL", "0.1", "60000")
    call.order("BUY", "0.1")


def force(call: Caller, path: str) -> None:
    long(call)
    call.local("POST", f"/local/v1/{path}", api_key=call.sender.api_key, symbol=BTC)


def test_the_margin_type_is_set_and_shown(call: Caller) -> None:
    assert isolate(call) == 200
    assert call("GET", "/fapi/v1/symbolConfig", symbol=BTC)[0]["marginType"] == "ISOLATED"
    assert isolate(call) == -4046
    assert call.code("POST", "/fapi/v1/marginType", symbol=BTC, marginType="isolated") == -1130
    assert call.code("POST", "/fapi/v1/marginType", marginType="ISOLATED") == -1102


def test_position_margin_is_answered_with_its_amount_and_type(call: Caller) -> None:
    isolate(call)
    long(call)
    path = "/fapi/v1/positionMargin"
    assert call("POST", path, symbol=BTC, amount="100.5", type=1) == {
        "amount": 100.5,
        "code": 200,
        "msg": "Successfully add position margin.",
        "type": 1,
    }
    assert call("POST", path, symbol=BTC, amount="97.5", type=2)["type"] == 2
    assert call.code("POST", path, symbol=BTC, amount="1", type=3) == -1130
    assert call.code("POST", path, symbol=BTC, amount="1", type=1, positionSide="UP") == -4060


def test_the_history_of_position_margin_is_filtered(call: Caller) -> None:
    isolate(call)
    long(call)
    for kind, amount in ((1, 10), (2, 7), (1, 10)):
        call("POST", "/fapi/v1/positionMargin", symbol=BTC, amount=amount, type=kind)
        call.clock.advance(1_000)
    path = "/fapi/v1/positionMargin/history"
    rows = call("GET", path, symbol=BTC)
    assert [row["type"] for row in rows] == [1, 2, 1]
    assert call("GET", path, symbol=BTC, type=2) == rows[1:2]
    assert call("GET", path, symbol=BTC, limit=1) == rows[2:]
    assert call("GET", path, symbol=BTC, startTime=rows[1]["time"]) == rows[1:]
    assert call("GET", path, symbol="ETHUSDT") == []
    assert call.code("GET", path, symbol=BTC, type=9) == -1130
    assert call.code("GET", path, symbol=BTC, startTime=1, endTime=31 * DAY_MS) == -4165


def test_forced_orders_are_filtered_by_cause_symbol_and_time(call: Caller) -> None:
    force(call, "liquidation")
    call.clock.advance(1_000)
    force(call, "adl")
    path = "/fapi/v1/forceOrders"
    rows = call("GET", path)
    assert [row["clientOrderId"].split("-")[0] for row in rows] == ["autoclose", "adl_autoclose"]
    assert call("GET", path, autoCloseType="ADL") == rows[1:]
    assert call("GET", path, autoCloseType="LIQUIDATION", symbol=BTC) == rows[:1]
    assert call("GET", path, limit=1) == rows[1:]
    assert call("GET", path, startTime=rows[0]["time"], limit=1) == rows[:1]
    assert call("GET", path, endTime=rows[0]["time"]) == rows[:1]
    assert call("GET", path, symbol="ETHUSDT") == []
    assert call.code("GET", path, autoCloseType="FIRE") == -1130


def test_forced_orders_are_of_the_last_week_unless_asked_for_and_of_ninety_days_at_most(call: Caller) -> None:
    force(call, "adl")
    path, since_ms = "/fapi/v1/forceOrders", call.runtime.now_ms()
    call.clock.advance(8 * DAY_MS)
    assert call("GET", path) == []
    assert len(call("GET", path, startTime=since_ms)) == 1
    call.clock.advance(90 * DAY_MS)
    assert call("GET", path, startTime=since_ms) == []


def test_the_insurance_fund_tells_what_stands_behind_a_symbol(call: Caller) -> None:
    row = call("GET", "/fapi/v1/insuranceBalance", symbol=BTC)
    assert set(row) == {"symbols", "assets"} and BTC in row["symbols"]
    now_ms = call.runtime.now_ms()
    assert row["assets"] == [{"asset": "USDT", "marginBalance": "1000000.00000000", "updateTime": now_ms}]
    assert call("GET", "/fapi/v1/insuranceBalance") == [row]


def test_the_risk_of_deleveraging_is_rated(call: Caller) -> None:
    assert call("GET", "/fapi/v1/symbolAdlRisk", symbol=BTC) == {
        "symbol": BTC,
        "adlRisk": "LOW",
        "updateTime": call.runtime.now_ms(),
    }
    assert len(call("GET", "/fapi/v1/symbolAdlRisk")) == len(call.runtime.engine.listings)


def test_nobody_is_deleveraged_who_holds_nothing(call: Caller) -> None:
    key = call.sender.api_key
    for path in ("liquidation", "adl"):
        assert call.local("POST", f"/local/v1/{path}", api_key=key, symbol=BTC)["code"] == -2024
        assert call.local("POST", f"/local/v1/{path}", api_key="nobody", symbol=BTC)["code"] == -2015
        assert call.local("POST", f"/local/v1/{path}", api_key=key, symbol="NOPE")["code"] == -1121


@pytest.mark.parametrize("path", ["/fapi/v2/positionRisk", "/fapi/v3/positionRisk", "/fapi/v1/adlQuantile"])
def test_an_unknown_symbol_is_refused(call: Caller, path: str) -> None:
    assert call.code("GET", path, symbol="NOPE") == -1121


async def test_over_sockets_a_falling_market_liquidates_and_says_so(venue: LocalExchange, client: SocketClient) -> None:
    """From the fill to the empty account, as a client sees it."""
    maker = SocketClient(client.session, venue, venue.runtime.admit(venue.runtime.settings.deposit * 1000))
    await maker.order("SELL", "3.2", "60000")
    await client.order("BUY", "3.2")
    await maker.order("BUY", "10", "57190")
    stream = await client.user_stream()
    venue.runtime.act(lambda engine, now_ms: engine.listing(BTC).mark_price.fix(57_000 * 10**8))
    kinds = []
    while "INSURANCE_CLEAR" not in kinds:
        event = await stream.receive_json(timeout=5)
        kinds.append(event["a"]["m"] if event["e"] == "ACCOUNT_UPDATE" else event["e"])
    assert kinds[:2] == ["ORDER_TRADE_UPDATE", "ORDER"]
    assert await client("GET", "/fapi/v3/positionRisk") == []
    (forced,) = await client("GET", "/fapi/v1/forceOrders", autoCloseType="LIQUIDATION")
    (cleared,) = await client("GET", "/fapi/v1/income", incomeType="INSURANCE_CLEAR")
    assert (forced["symbol"], cleared["symbol"]) == (BTC, BTC)
