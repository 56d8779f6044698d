"""Every whole number that a path takes, sent malformed, out of range, empty and twice: one rule for all."""

from urllib.parse import urlencode

import pytest

from connector.simulator.rest.dispatch import Ask, answer
from connector.simulator.rest.routes import ROUTES, Security
from tests.companions.simulator.callers import Caller, SocketClient, signed

BTC = {"symbol": "BTCUSDT"}
WINDOW = ("startTime", "endTime")
CANDLES = {"interval": "1m", "symbol": "BTCUSDT", "pair": "BTCUSDT", "contractType": "PERPETUAL"}
PERIOD = {**CANDLES, "period": "5m"}
MOVED = {"type": "MAIN_UMFUTURE"}
LIMIT_ORDER = {**BTC, "side": "BUY", "quantity": "0.1", "price": "60000"}
#: The whole numbers of each path, and what it must be sent beside them. Those that count from 1 stand in COUNTS.
PATHS: dict[tuple[str, str], tuple[dict[str, str], tuple[str, ...]]] = {
    **{
        ("GET", f"/fapi/v1/{name}"): (CANDLES, ("limit", *WINDOW))
        for name in ("klines", "continuousKlines", "indexPriceKlines", "markPriceKlines", "premiumIndexKlines")
    },
    **{
        ("GET", f"/futures/data/{name}"): (PERIOD, ("limit", *WINDOW))
        for name in (
            "openInterestHist",
            "topLongShortAccountRatio",
            "topLongShortPositionRatio",
            "globalLongShortAccountRatio",
            "takerlongshortRatio",
            "basis",
        )
    },
    ("GET", "/fapi/v1/depth"): (BTC, ("limit",)),
    ("GET", "/fapi/v1/rpiDepth"): (BTC, ("limit",)),
    ("GET", "/fapi/v1/trades"): (BTC, ("limit",)),
    ("GET", "/fapi/v1/historicalTrades"): (BTC, ("limit", "fromId")),
    ("GET", "/fapi/v1/aggTrades"): (BTC, ("limit", "fromId", *WINDOW)),
    ("GET", "/fapi/v1/fundingRate"): (BTC, ("limit", *WINDOW)),
    ("GET", "/fapi/v1/userTrades"): (BTC, ("limit", "fromId", "orderId", *WINDOW)),
    ("GET", "/fapi/v1/allOrders"): (BTC, ("limit", "orderId", *WINDOW)),
    ("GET", "/fapi/v1/orderAmendment"): (BTC, ("limit", "orderId", *WINDOW)),
    ("GET", "/fapi/v1/allAlgoOrders"): (BTC, ("limit", "algoId", *WINDOW)),
    ("GET", "/fapi/v1/openAlgoOrders"): (BTC, ("algoId",)),
    ("GET", "/fapi/v1/algoOrder"): ({}, ("algoId",)),
    ("DELETE", "/fapi/v1/algoOrder"): ({}, ("algoId",)),
    ("GET", "/fapi/v1/order"): (BTC, ("orderId",)),
    ("GET", "/fapi/v1/openOrder"): (BTC, ("orderId",)),
    ("DELETE", "/fapi/v1/order"): (BTC, ("orderId",)),
    ("PUT", "/fapi/v1/order"): (LIMIT_ORDER | {"origClientOrderId": "mine"}, ("modifyId", "orderId")),
    ("GET", "/fapi/v1/positionMargin/history"): (BTC, ("limit", *WINDOW)),
    ("GET", "/fapi/v1/forceOrders"): (BTC, ("limit", *WINDOW)),
    ("GET", "/fapi/v1/income"): ({}, ("limit", *WINDOW)),
    ("GET", "/fapi/v3/balance"): ({}, ("recvWindow",)),
    ("GET", "/sapi/v1/asset/transfer"): (MOVED, ("current", "size", *WINDOW, "recvWindow")),
    ("GET", "/sapi/v1/account/info"): ({}, ("recvWindow",)),
}
COUNTS = ("limit", "current", "size")
ROWS = [(*path, beside, name) for path, (beside, names) in PATHS.items() for name in names]


def refusal(call: Caller, method: str, path: str, sent: dict[str, str]) -> tuple[int, str]:
    body = call(method, path, **sent)
    return (body.get("code", 0), body.get("msg", "")) if isinstance(body, dict) else (0, "")


@pytest.mark.parametrize(("method", "path", "beside", "name"), ROWS)
def test_what_is_no_whole_number_is_malformed(
    call: Caller, method: str, path: str, beside: dict[str, str], name: str
) -> None:
    malformed = (-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")
    for text in ("x", "1.5", "1e3", "None", "+1", " 1", "9" * 20):
        assert refusal(call, method, path, {**beside, name: text}) == malformed


@pytest.mark.parametrize(("method", "path", "beside", "name"), ROWS)
def test_a_number_below_its_range_is_not_valid(
    call: Caller, method: str, path: str, beside: dict[str, str], name: str
) -> None:
    not_valid = (-1130, f"Data sent for parameter '{name}' is not valid.")
    for text in ("-1", "-9223372036854775807", *(("0", "-0") if name in COUNTS else ())):
        assert refusal(call, method, path, {**beside, name: text}) == not_valid


@pytest.mark.parametrize(("method", "path", "beside", "name"), ROWS)
def test_an_empty_one_is_told_as_empty(call: Caller, method: str, path: str, beside: dict[str, str], name: str) -> None:
    assert refusal(call, method, path, {**beside, name: ""}) == (-1105, f"Parameter '{name}' was empty.")


@pytest.mark.parametrize(("method", "path", "beside", "name"), ROWS)
def test_one_that_is_sent_twice_is_refused(
    call: Caller, method: str, path: str, beside: dict[str, str], name: str
) -> None:
    text = urlencode([*beside.items(), (name, "5"), (name, "5"), ("timestamp", call.runtime.now_ms())])
    ask = Ask(method, path, signed(call.sender.api_secret, text), "", call.sender.api_key)
    reply = answer(call.runtime, ask)
    assert (reply.status, reply.body) == (400, b'{"code":-1101,"msg":"Duplicate values for a parameter detected."}')


@pytest.mark.parametrize(
    ("method", "path", "sent", "code"),
    [
        ("GET", "/sapi/v1/asset/transfer", {**MOVED, "size": "101"}, -1130),
        ("POST", "/fapi/v1/countdownCancelAll", {**BTC, "countdownTime": str(10**16)}, -1130),
        ("POST", "/fapi/v1/countdownCancelAll", {**BTC, "countdownTime": "-1"}, -1130),
        ("POST", "/fapi/v1/countdownCancelAll", {**BTC, "countdownTime": "x"}, -1102),
        ("POST", "/fapi/v1/countdownCancelAll", {**BTC, "countdownTime": ""}, -1102),
        ("POST", "/fapi/v1/leverage", {**BTC, "leverage": "-5"}, -4028),
        ("POST", "/fapi/v1/leverage", {**BTC, "leverage": "0"}, -4028),
        ("POST", "/fapi/v1/leverage", {**BTC, "leverage": "126"}, -4028),
        ("POST", "/fapi/v1/leverage", {**BTC, "leverage": "2.5"}, -1102),
        *(
            (
                "POST",
                "/fapi/v1/order",
                {**LIMIT_ORDER, "type": "LIMIT", "timeInForce": "GTD", "goodTillDate": date},
                code,
            )
            for date, code in (("-1", -5040), ("0", -5040), (str(2**63 - 1), -5040), ("x", -1102), ("", -1102))
        ),
    ],
)
def test_ranges_with_words_of_their_own(call: Caller, method: str, path: str, sent: dict[str, str], code: int) -> None:
    assert refusal(call, method, path, sent)[0] == code


@pytest.mark.parametrize(("text", "code"), [("-1", -1021), ("0", -1021), ("x", -1102), ("", -1102), ("1.7e12", -1102)])
@pytest.mark.parametrize("path", ["/fapi/v3/balance", "/sapi/v1/account/info"])
def test_a_timestamp_that_is_a_number_is_judged_by_the_clock(call: Caller, path: str, text: str, code: int) -> None:
    query = signed(call.sender.api_secret, urlencode({"timestamp": text}))
    assert f'"code":{code},'.encode() in answer(call.runtime, Ask("GET", path, query, "", call.sender.api_key)).body


def test_the_wallet_takes_a_minute_to_receive_and_the_futures_state_no_most(call: Caller) -> None:
    assert call("GET", "/sapi/v1/account/info", recvWindow=60_001) == {
        "code": -1131,
        "msg": "'recvWindow' must be less than 60000.",
    }
    assert call.code("GET", "/sapi/v1/account/info", recvWindow=60_000) == 0
    assert call.code("GET", "/fapi/v3/balance", recvWindow=70_000) == 0


@pytest.mark.parametrize("kind", ["POST", "GET"])
def test_every_signed_path_of_the_wallet_has_that_most(call: Caller, kind: str) -> None:
    paths = [
        path
        for (method, path), route in ROUTES.items()
        if method == kind and path.startswith("/sapi/") and route.security is Security.SIGNED
    ]
    assert paths
    assert {path: call.code(kind, path, recvWindow=70_000) for path in paths} == dict.fromkeys(paths, -1131)


@pytest.mark.parametrize(
    ("step_ms", "refused"),
    [
        ("-5", {"code": -1130, "msg": "step_ms -5 must be from 0 to 600000"}),
        ("600001", {"code": -1130, "msg": "step_ms 600001 must be from 0 to 600000"}),
        ("x", {"code": -1102, "msg": "Mandatory parameter 'step_ms' was not sent, was empty/null, or malformed."}),
    ],
)
async def test_a_step_of_the_clock_says_its_range(client: SocketClient, step_ms: str, refused: object) -> None:
    status, _, body = await client.raw("POST", "/local/v1/clock", f"step_ms={step_ms}")
    assert (status, body) == (400, refused)


@pytest.mark.parametrize("hours", ["-8", "0", "3", "100"])
def test_hours_of_funding_say_which_there_are(call: Caller, hours: str) -> None:
    told = call.local("PUT", "/local/v1/funding", symbol="BTCUSDT", hours=hours)
    assert told == {"code": -1130, "msg": f"hours {hours} is none of 1, 2, 4, 8"}
