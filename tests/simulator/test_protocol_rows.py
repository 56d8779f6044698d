"""Every REST row of the protocol's tables is answered by a handler of its own, or is one of the excepted."""

import re

import pytest

from connector.simulator.rest.not_offered import NOT_OFFERED, not_offered
from connector.simulator.rest.routes import ROUTES, Security
from tests.companions.places import SHARED
from tests.companions.simulator.callers import Caller

PROTOCOL = SHARED / "facts" / "PROTOCOL.md"
TABLES = ("Market data", "Trade & positions", "Account", "User stream keys", "Convert", "Classic PM")
SECURITY = {"NONE": Security.NONE, "MARKET_DATA": Security.KEY, "USER_STREAM": Security.KEY}


def rows() -> list[tuple[str, str, str]]:
    """Method, path and security of every row."""
    if not PROTOCOL.exists():
        return []
    text, found = PROTOCOL.read_text(), []
    for table in TABLES:
        section = text.split(f"#### {table}\n")[1].split("\n#")[0]
        found += re.findall(r"^\| (GET|POST|PUT|DELETE) \| `([^`]+)` \| [^|]+ \| (\w+) \|", section, re.MULTILINE)
    return found


ROWS = rows()


@pytest.mark.skipif(not ROWS, reason="the protocol's page is not on this machine")
def test_the_tables_are_read_whole() -> None:
    assert len(ROWS) > 90


@pytest.mark.skipif(not ROWS, reason="the protocol's page is not on this machine")
def test_no_row_is_missing() -> None:
    assert [f"{method} {path}" for method, path, _ in ROWS if (method, path) not in ROUTES] == []


ANSWERED = [row for row in ROWS if row[:2] in ROUTES]


@pytest.mark.parametrize(("method", "path", "security"), ANSWERED)
def test_a_row_has_a_handler_of_its_own_or_is_excepted(method: str, path: str, security: str) -> None:
    route = ROUTES[method, path]
    assert (route.handler is not_offered) == ((method, path) in NOT_OFFERED)
    if route.handler is not not_offered:
        assert route.security is SECURITY.get(security, Security.SIGNED)


@pytest.mark.skipif(not ROWS, reason="the protocol's page is not on this machine")
def test_nothing_is_excepted_that_the_tables_do_not_have() -> None:
    assert {(method, path) for method, path, _ in ROWS} >= NOT_OFFERED


@pytest.mark.parametrize(("method", "path", "security"), ANSWERED)
def test_a_row_without_parameters_is_answered_in_the_venues_shape(
    call: Caller, method: str, path: str, security: str
) -> None:
    reply = call.ask(method, path)
    if reply.status != 200:
        assert 400 <= reply.status < 404
        assert set(call(method, path)) == {"code", "msg"}
