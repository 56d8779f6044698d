"""What a fault may be told: whatever is wrong is named in one line, with what would do."""

import time

import pytest

from connector.simulator.fault_injection.fault_terms import STATUSES, FaultError, fault_of
from connector.simulator.fault_injection.faults import Armed
from connector.simulator.local.known_names import known_names
from connector.simulator.market import listing

KNOWN = known_names(("BTCUSDT", "ETHUSDT"))


def test_numbers_come_as_numbers_or_as_text() -> None:
    wanted = Armed("silent_stream", 2, ms=300, stream="btcusdt@depth@100ms")
    for times, ms in ((2, 300), ("2", "300")):
        sent = {"name": "silent_stream", "times": times, "ms": ms, "stream": "btcusdt@depth@100ms"}
        assert fault_of(sent, KNOWN) == wanted


def test_a_user_stream_is_named_by_its_listen_key_and_a_request_by_method_and_path() -> None:
    assert fault_of({"name": "silent_stream", "stream": "k" * 64}, KNOWN).stream == "k" * 64
    turned = fault_of({"name": "executed_late", "method": "DELETE", "path": "/fapi/v1/order"}, KNOWN)
    assert (turned.method, turned.path) == ("DELETE", "/fapi/v1/order")


def test_an_empty_contract_type_is_one_and_a_status_has_a_default() -> None:
    fault = fault_of({"name": "contract_status", "symbol": "BTCUSDT", "contract_type": ""}, KNOWN)
    assert (fault.status, fault.contract_type) == ("DELIVERING", "")
    assert {listing.TRADING, *STATUSES} == set(listing.STATUSES)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "name 'None' is no fault"),
        ({"name": "earthquake"}, "name 'earthquake' is no fault; GET /local/v1/faults lists them"),
        ({"name": "drop_dept"}, "name 'drop_dept' is no fault (did you mean drop_depth"),
        (
            {"name": "drop_depth", "strem": "x"},
            "drop_depth takes no strem (did you mean stream?); it takes name,",
        ),
        ({"name": "cut_sockets", "symbol": "BTCUSDT"}, "cut_sockets takes no symbol; it takes name, times"),
        ({"name": "banned", "ms": "-1"}, "ms '-1' must be a whole number from 0 to 86400000"),
        ({"name": "banned", "ms": "1.5"}, "ms '1.5' must be a whole number"),
        ({"name": "banned", "ms": "١٢"}, "must be a whole number"),
        ({"name": "banned", "ms": "86400001"}, "ms 86400001 is above 86400000"),
        ({"name": "banned", "times": "many"}, "times 'many' must be a whole number"),
        ({"name": "burst_of_income", "count": "10001"}, "count 10001 is above 10000"),
        ({"name": "lagging_orders", "ms": "60001"}, "ms 60001 is too long for lagging_orders; it may lag by 60000"),
        ({"name": "silent_stream", "stream": "btcusdt@dept@100ms"}, "(did you mean btcusdt@depth"),
        ({"name": "silent_stream", "stream": "dogeusdt@depth"}, "stream 'dogeusdt@depth' is none that is served here"),
        ({"name": "silent_stream", "stream": "btcusd@depth"}, "(did you mean btcusdt@depth or ethusdt@depth?)"),
        ({"name": "silent_stream", "stream": "!contractinfo"}, "(did you mean !contractInfo"),
        ({"name": "trading_halt", "symbol": "BTCUSD"}, "symbol 'BTCUSD' is not listed (did you mean BTCUSDT or"),
        ({"name": "slow_answer", "method": "FETCH"}, "method 'FETCH' is none of GET, POST, PUT, DELETE"),
        ({"name": "slow_answer", "path": "/fapi/v1/oder"}, "path '/fapi/v1/oder' answers no request (did you mean"),
        ({"name": "timeout_1007", "method": "GET", "path": "/fapi/v1/leverage"}, "'/fapi/v1/leverage' answers no GET"),
        ({"name": "lost_user_event", "event": "ORDER_UPDATE"}, "event 'ORDER_UPDATE' is none of ORDER_TRADE_UPDATE"),
        ({"name": "lost_user_event", "event": ""}, "event is empty; leave it out, or say which"),
        ({"name": "outage", "answer": "418"}, "answer '418' is none of 502, 503, 504, reset, refused"),
        ({"name": "contract_status"}, "contract_status needs symbol; symbol is missing"),
        (
            {"name": "contract_status", "symbol": "BTCUSDT", "status": "GONE"},
            "status 'GONE' is none of",
        ),
    ],
)
def test_what_is_wrong_is_named_in_one_line(sent: dict[str, object], says: str) -> None:
    with pytest.raises(FaultError) as refused:
        fault_of(sent, KNOWN)
    assert says in str(refused.value) and "\n" not in str(refused.value)


def test_what_is_disarmed_needs_no_more_than_its_name() -> None:
    assert fault_of({"name": "contract_status", "times": 0}, KNOWN).times == 0


def test_a_hint_is_found_at_once_among_thousands_of_streams() -> None:
    known = known_names([f"A{number}USDT" for number in range(500)])
    assert len(known.streams) > 30_000
    began_s = time.process_time()
    with pytest.raises(FaultError, match="a7usdt@depth"):
        fault_of({"name": "silent_stream", "stream": "a7usdt@dept"}, known)
    assert time.process_time() - began_s < 0.5
