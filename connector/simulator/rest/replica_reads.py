"""Which reads a lagging copy of the exchange answers, by the fault that lets them lag."""

from connector.simulator.access.api_keys import ApiKey
from connector.simulator.engine import Engine
from connector.simulator.rest.routes import ROUTES, Route
from connector.simulator.runtime import Runtime

READS: dict[str, tuple[str, ...]] = {
    "lagging_orders": (
        "/fapi/v1/order",
        "/fapi/v1/openOrder",
        "/fapi/v1/openOrders",
        "/fapi/v1/allOrders",
        "/fapi/v1/algoOrder",
        "/fapi/v1/openAlgoOrders",
        "/fapi/v1/allAlgoOrders",
    ),
    "lagging_balances": ("/fapi/v2/balance", "/fapi/v3/balance", "/fapi/v2/account", "/fapi/v3/account"),
    "lagging_trades": ("/fapi/v1/userTrades", "/fapi/v1/income"),
    "lagging_positions": ("/fapi/v2/positionRisk", "/fapi/v3/positionRisk"),
}
_BY_ROUTE: dict[Route, str] = {ROUTES["GET", path]: fault for fault, paths in READS.items() for path in paths}


def lagging_engine(runtime: Runtime, route: Route, sender: ApiKey | None) -> Engine | None:
    """The copy that answers this read; None where the exchange itself does, and for accounts newer than the copy."""
    if not runtime.replicas.any_lags:
        return None
    fault = _BY_ROUTE.get(route)
    engine = None if fault is None else runtime.replicas.of(fault)
    known = engine is not None and sender is not None and sender.account_id in engine.accounts
    return engine if known else None
