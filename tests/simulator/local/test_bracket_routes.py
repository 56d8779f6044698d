import json
from typing import Any

import pytest

from tests.companions.simulator.callers import Caller, SocketClient
from tests.companions.simulator.listeners import Listener
from tests.simulator.market.test_bracket_tables import rows

PATH = "/local/v1/brackets"
BTC_ROW = {"symbol": "BTCUSDT", "brackets": rows()}
WHAT_WOULD_DO = "say symbol and share, or symbol and brackets, or rows of leverageBracket alone"


def told(call: Caller, symbol: str = "BTCUSDT") -> Any:
    (row,) = call("GET", "/fapi/v1/leverageBracket", symbol=symbol)
    return row["brackets"]


def test_a_whole_table_replaces_the_brackets_and_the_market_is_told(call: Caller) -> None:
    listener = Listener(call.runtime.hub, "!contractInfo")
    reply = call.local("POST", PATH, symbol="BTCUSDT", brackets=json.dumps(rows()))
    assert (reply["symbol"], reply["brackets"]) == ("BTCUSDT", rows())
    assert told(call) == rows()
    call.runtime.pulse()
    (event,) = listener.received()
    assert [(row["bnf"], row["bnc"], row["mi"], row["ma"]) for row in event["bks"]] == [
        (0, 20_000, 26, 40),
        (20_000, 90_000, 11, 25),
        (90_000, 400_000, 1, 10),
    ]


async def test_what_the_venue_answers_can_be_sent_as_it_is(client: SocketClient) -> None:
    (before,) = await client("GET", "/fapi/v1/leverageBracket", symbol="ETHUSDT")
    body = json.dumps([{"symbol": "BTCUSDT", "notionalCoef": 1.5, "brackets": rows()}, before])
    status, _, reply = await client.raw("POST", PATH, body=body)
    assert (status, [row["symbol"] for row in reply]) == (200, ["BTCUSDT", "ETHUSDT"])
    (after,) = await client("GET", "/fapi/v1/leverageBracket", symbol="BTCUSDT")
    assert after["brackets"] == rows()
    (same,) = await client("GET", "/fapi/v1/leverageBracket", symbol="ETHUSDT")
    assert same == before


async def test_a_body_of_json_may_name_symbol_and_share(client: SocketClient) -> None:
    _, _, reply = await client.raw("POST", PATH, body=json.dumps({"symbol": "BTCUSDT", "share": 0.5}))
    assert reply["brackets"][0]["notionalCap"] == 150_000
    _, _, reply = await client.raw("POST", PATH, body=json.dumps({"symbol": "BTCUSDT", "brackets": rows()}))
    assert reply["brackets"] == rows()
    status, _, refusal = await client.raw("POST", PATH, body="[]")
    assert (status, refusal["code"]) == (400, -1130)
    status, _, refusal = await client.raw("POST", PATH, body='{"symbol": "BTCUSDT", ')
    assert (status, refusal["code"]) == (400, -1135)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (
            {"symbol": "BTCUSDT", "brackets": json.dumps(rows(notionalFloor=30_000))},
            "brackets of BTCUSDT, row 2: notionalFloor 30000 is not 20000, where the bracket before it ends",
        ),
        (
            {"rows": json.dumps([{"symbol": "BTCUSDT", "brackets": rows()}, {"symbol": "ETHUSDT", "brackets": []}])},
            "brackets of ETHUSDT, a list of at least one row is needed",
        ),
        ({"rows": '[{"brackets": []}]'}, "a row of brackets is an object with symbol and brackets"),
        ({"symbol": "BTCUSDT", "brackets": "wide"}, "brackets is no list in JSON"),
        ({"symbol": "BTCUSDT", "brackets": "[]"}, "brackets of BTCUSDT, a list of at least one row is needed"),
        ({"rows": "[]"}, "rows are empty; at least one row of leverageBracket is needed"),
        ({"rows": json.dumps([BTC_ROW, BTC_ROW])}, "rows name BTCUSDT twice; one table a symbol"),
        ({"symbol": "BTCUSDT"}, f"brackets: nothing says how they change; {WHAT_WOULD_DO}"),
        ({"share": "2"}, f"brackets: symbol is missing; {WHAT_WOULD_DO}"),
        (
            {"symbol": "BTCUSDT", "share": "2", "brackets": json.dumps(rows())},
            f"brackets: share and brackets exclude each other; {WHAT_WOULD_DO}",
        ),
        (
            {"symbol": "BTCUSDT", "rows": json.dumps([BTC_ROW])},
            f"brackets: rows name their symbols, symbol is one more; {WHAT_WOULD_DO}",
        ),
    ],
)
def test_a_table_that_is_none_changes_nothing(call: Caller, sent: dict[str, str], message: str) -> None:
    before = told(call), told(call, "ETHUSDT")
    assert call.local("POST", PATH, **sent) == {"code": -1130, "msg": message}
    assert (told(call), told(call, "ETHUSDT")) == before


def test_the_brackets_of_what_is_not_listed_are_refused(call: Caller) -> None:
    assert call.local("POST", PATH, symbol="NOPE", brackets=json.dumps(rows()))["code"] == -1121
    assert call.local("POST", PATH, rows=json.dumps([{"symbol": "NOPE", "brackets": rows()}]))["code"] == -1121


def test_leverages_above_the_new_most_fall_to_it_and_their_owners_hear_of_it(call: Caller) -> None:
    call("POST", "/fapi/v1/leverage", symbol="BTCUSDT", leverage=100)
    listener = Listener(call.runtime.hub, call("POST", "/fapi/v1/listenKey")["listenKey"])
    narrow = [{**row, "initialLeverage": most} for row, most in zip(rows(), (15, 10, 5), strict=True)]
    call.local("POST", PATH, symbol="BTCUSDT", brackets=json.dumps(narrow))
    (event,) = listener.received()
    assert (event["e"], event["ac"]) == ("ACCOUNT_CONFIG_UPDATE", {"s": "BTCUSDT", "l": 15})
    late = call.other()
    for trader in (call, late):
        (row,) = trader("GET", "/fapi/v1/symbolConfig", symbol="BTCUSDT")
        assert (row["leverage"], row["maxNotionalValue"]) == (15, "20000")
    assert call.code("POST", "/fapi/v1/leverage", symbol="BTCUSDT", leverage=16) == -4028


def test_a_position_that_a_new_table_asks_too_much_of_is_liquidated(call: Caller) -> None:
    maker = call.other()
    maker.order("SELL", "1", "60000")
    maker.order("BUY", "1", "59990")
    call.order("BUY", "1")
    dear = [{**row, "cum": None} for row in rows()]
    table = [{name: value for name, value in row.items() if value is not None} for row in dear]
    for row, (most, rate) in zip(table, ((4, 0.16), (3, 0.2), (2, 0.4)), strict=True):
        row.update(initialLeverage=most, maintMarginRatio=rate)
    call.local("POST", PATH, symbol="BTCUSDT", brackets=json.dumps(table))
    for _ in range(40):
        call.clock.advance(50)
        call.runtime.pulse()
    assert [row["clientOrderId"].split("-")[0] for row in call("GET", "/fapi/v1/forceOrders", symbol="BTCUSDT")][
        :1
    ] == ["autoclose"]
