import json

import pytest

from connector.simulator.fault_injection.faults import Armed
from connector.simulator.rest.faulty_responses import faulty_answer


def spoiled(name: str, ms: int = 5_000) -> tuple[int, dict[str, object], dict[str, str]]:
    reply = faulty_answer(Armed(name, 1, ms, "", "", ""), 1_000)
    return reply.status, json.loads(reply.body), reply.headers


def test_the_ban_tells_when_it_ends() -> None:
    status, body, _ = spoiled("banned")
    assert (status, body["code"]) == (418, -1003)
    assert "IP(127.0.0.1) banned until 6000" in str(body["msg"])


def test_a_rate_limit_tells_how_long_to_wait() -> None:
    status, body, headers = spoiled("rate_limited", ms=2_500)
    assert (status, body["code"], headers) == (429, -1003, {"Retry-After": "3"})


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("unknown_but_placed", 503, -1000),
        ("unknown_not_placed", 503, -1000),
        ("service_unavailable", 503, None),
        ("timeout_1006", 503, -1006),
        ("timeout_408", 408, None),
        ("timeout_1007", 408, -1007),
        ("overloaded_1008", 503, -1008),
    ],
)
def test_each_fault_has_its_words(name: str, status: int, code: int | None) -> None:
    got_status, body, headers = spoiled(name)
    assert (got_status, body.get("code"), headers) == (status, code, {})
