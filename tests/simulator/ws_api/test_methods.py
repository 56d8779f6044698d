import pytest

from connector.simulator.rest.routes import ROUTES
from connector.simulator.ws_api.methods import METHODS, SESSION_METHODS, method_of
from tests.companions.simulator.callers import Caller
from tests.companions.simulator.ws_callers import WsCaller


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_a_rest_row_by_another_name(name: str) -> None:
    method = METHODS[name]
    assert method_of(name) is method and method.route is ROUTES[method.verb, method.path]


def test_a_version_is_part_of_the_name_and_the_first_one_is_silent() -> None:
    assert method_of("v1/order.place") is METHODS["order.place"]
    assert method_of("v2/account.status") is METHODS["v2/account.status"]
    assert method_of("v2/order.place") is None and method_of("v1/v2/account.status") is METHODS["v2/account.status"]


def test_what_futures_lack_is_no_method() -> None:
    for name in ("userDataStream.subscribe", "openOrders.cancelAll", "order.cancelReplace", "exchangeInfo"):
        assert method_of(name) is None


@pytest.mark.parametrize(
    ("name", "weight"), [("ping", 1), ("time", 1), ("ticker.price", 2), ("ticker.book", 5), ("session.status", 2)]
)
def test_a_method_weighs_what_the_venue_says(call: Caller, name: str, weight: int) -> None:
    assert WsCaller(call).unsigned(name)["rateLimits"][0]["count"] == weight


def test_there_are_no_more_session_methods() -> None:
    assert set(SESSION_METHODS) == {"session.logon", "session.status", "session.logout"}
