"""What a fault may be told: whatever is wrong is named in one line, with what would do."""

import re
import time

import pytest

from connector.simulator.fault_injection.catalogue import FAULTS, Moment
from connector.simulator.fault_injection.fault_terms import STATUSES, FaultError, fault_of
from connector.simulator.fault_injection.faults import Armed
from connector.simulator.local.known_names import known_names
from connector.simulator.market import listing

KNOWN = known_names(("BTCUSDT", "ETHUSDT"), api_keys=("mine",), listen_keys=("k" * 64,))


def test_numbers_come_as_numbers_or_as_text() -> None:
    wanted = Armed("delay_depth", 2, ms=300, stream="btcusdt@depth@100ms")
    for times, ms in ((2, 300), ("2", "300")):
        sent = {"name": "delay_depth", "times": times, "ms": ms, "stream": "btcusdt@depth@100ms"}
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
        ({}, "name is missing: say which fault; GET /local/v1/faults and --list-faults list them"),
        ({"name": ""}, "name is missing: say which fault"),
        ({"name": "earthquake"}, "name 'earthquake' is no fault; GET /local/v1/faults and --list-faults list them"),
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
        ({"name": "orders_used_up", "left": "300"}, "left 300 is too much for orders_used_up; it may leave 299"),
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
        (
            {"name": "overloaded_1008", "method": "DELETE"},
            "method DELETE: overloaded_1008 spares it",
        ),
        ({"name": "drop_depth", "stream": "ethusdt@aggTrade"}, "strikes those alone, such as ethusdt@depth@100ms"),
        ({"name": "stale_snapshot", "path": "/fapi/v1/order"}, "stale_snapshot takes no path"),
        ({"name": "altered_frame", "field": "o.X"}, "altered_frame needs field and value; value is missing"),
        ({"name": "altered_header", "field": "Retry-After", "value": "1\r\nA: 2"}, "value printable text"),
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


#: What no fault of the table can strike by, whichever takes it: the parameter, its value, and what is said.
IDLE = (
    ("ms", 0, "ms 0: {} would do nothing; say from 1 to 86400000"),
    ("count", 0, "count 0: {} would do nothing; say from 1 to 10000"),
    ("left", 2_400, "left 2400 is above 2399"),
    ("api_key", "zz", "api_key 'zz' is no key of this exchange; leave it out for all keys"),
    ("symbol", "NOPEUSDT", "symbol 'NOPEUSDT' is not listed"),
    ("stream", "l" * 64, "stream '"),
    ("stream", "btcusdt@trades", "stream 'btcusdt@trades' is none"),
    ("event", "ORDER_UPDATE", "event 'ORDER_UPDATE' is none of"),
    ("path", "/fapi/v1/nothing", "path '/fapi/v1/nothing' answers no"),
    ("method", "PATCH", "method 'PATCH' is none of"),
    ("answer", "418", "answer '418' is none of"),
    ("status", "GONE", "status 'GONE' is none of"),
)
#: Those of which no time is as good as any: they come about at once.
AT_ANY_TIME = {"executed_late", "executed_late_1007", "executed_late_408", "executed_late_reset", "delisting"}
ALTERED = {"field": "code", "value": "1"}
NEEDED = {
    "contract_status": {"symbol": "BTCUSDT"},
    **dict.fromkeys(("altered_answer", "altered_header", "altered_frame"), ALTERED),
}


@pytest.mark.parametrize("name", FAULTS)
def test_whatever_a_fault_takes_a_value_that_strikes_nothing_is_refused(name: str) -> None:
    takes = FAULTS[name].takes
    assert {*takes} <= {each for each, _, _ in IDLE} | {"contract_type", "field", "value"}
    for each, value, says in IDLE:
        if each in takes and not (each == "ms" and name in AT_ANY_TIME):
            with pytest.raises(FaultError, match=re.escape(says.format(name))):
                fault_of({"name": name, **NEEDED.get(name, {}), each: value}, KNOWN)


@pytest.mark.parametrize("name", FAULTS)
def test_only_what_strikes_more_than_once_is_told_how_often(name: str) -> None:
    sent = {"name": name, "times": 3, **NEEDED.get(name, {})}
    if FAULTS[name].moment in (Moment.BEFORE, Moment.AFTER, Moment.FRAME):
        assert fault_of(sent, KNOWN).times == 3
    else:
        with pytest.raises(FaultError, match=f"times 3: {name} (lasts until it ends|strikes once); leave times out"):
            fault_of(sent, KNOWN)


@pytest.mark.parametrize("name", sorted(AT_ANY_TIME))
def test_what_comes_about_at_once_needs_no_time(name: str) -> None:
    assert fault_of({"name": name, "ms": 0}, KNOWN).ms == 0


def test_what_is_disarmed_needs_no_more_than_its_name() -> None:
    assert fault_of({"name": "contract_status", "times": 0}, KNOWN).times == 0


def test_a_hint_is_found_at_once_among_thousands_of_streams() -> None:
    known = known_names([f"A{number}USDT" for number in range(500)])
    assert len(known.streams) > 30_000
    began_s = time.process_time()
    with pytest.raises(FaultError, match="a7usdt@depth"):
        fault_of({"name": "silent_stream", "stream": "a7usdt@dept"}, known)
    assert time.process_time() - began_s < 0.5
