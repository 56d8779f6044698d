import pytest

from connector.simulator.access.rate_limits import FUNDING
from connector.simulator.rest.routes import ROUTES, Security


@pytest.mark.parametrize(
    ("path", "params", "weight"),
    [
        ("/fapi/v1/depth", {}, 10),
        ("/fapi/v1/depth", {"limit": "50"}, 2),
        ("/fapi/v1/depth", {"limit": "100"}, 5),
        ("/fapi/v1/depth", {"limit": "1000"}, 20),
        ("/fapi/v1/depth", {"limit": "ill"}, 10),
        ("/fapi/v1/klines", {"limit": "99"}, 1),
        ("/fapi/v1/klines", {"limit": "100"}, 2),
        ("/fapi/v1/klines", {}, 5),
        ("/fapi/v1/premiumIndexKlines", {"limit": "1000"}, 5),
        ("/fapi/v1/continuousKlines", {"limit": "1001"}, 10),
        ("/fapi/v1/historicalTrades", {}, 200),
        ("/fapi/v1/rpiDepth", {}, 20),
        ("/fapi/v1/ticker/24hr", {}, 40),
        ("/fapi/v1/ticker/24hr", {"symbol": "BTCUSDT"}, 1),
        ("/fapi/v1/assetIndex", {}, 10),
        ("/fapi/v1/openOrders", {}, 40),
        ("/fapi/v1/openOrders", {"symbol": "BTCUSDT"}, 1),
        ("/fapi/v1/premiumIndex", {}, 10),
        ("/fapi/v1/income", {}, 30),
        ("/fapi/v1/fundingRate", {}, 1),
        ("/fapi/v1/depth", {"limit": "9" * 5_000}, 10),
    ],
)
def test_a_request_weighs_what_the_venue_says(path: str, params: dict[str, str], weight: int) -> None:
    assert ROUTES["GET", path].weight(params) == weight


def test_funding_queries_are_charged_to_a_limit_of_their_own() -> None:
    paths = {path for (_, path), route in ROUTES.items() if route.limit is FUNDING}
    assert paths == {"/fapi/v1/fundingRate", "/fapi/v1/fundingInfo"}


def test_an_order_costs_no_weight_and_is_counted() -> None:
    route = ROUTES["POST", "/fapi/v1/order"]
    assert (route.weight({}), route.counts_orders, route.security) == (0, True, Security.SIGNED)


def test_listen_keys_need_the_key_alone() -> None:
    assert {ROUTES[method, "/fapi/v1/listenKey"].security for method in ("POST", "PUT", "DELETE")} == {Security.KEY}
