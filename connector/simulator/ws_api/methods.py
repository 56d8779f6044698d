"""The WS-API's methods: each is a REST row by another name, and shares its handler, weight and security.

A method may carry a version ("v2/account.status"); v1 is what it has without. There is no method for cancel-all,
batches, leverage, margin type and queries of algo orders ("WebSocket API", as of 2026-11).
"""

from dataclasses import dataclass

from connector.simulator.rest.routes import ROUTES, Route

LOGON, STATUS, LOGOUT = "session.logon", "session.status", "session.logout"
SESSION_METHODS = (LOGON, STATUS, LOGOUT)
SESSION_WEIGHT = 2


@dataclass(frozen=True, slots=True)
class Method:
    """Which REST row a method is."""

    verb: str
    path: str
    #: Fields of its answer that are told over REST alone.
    lacks: tuple[str, ...] = ()

    @property
    def route(self) -> Route:
        return ROUTES[self.verb, self.path]


METHODS: dict[str, Method] = {
    "ping": Method("GET", "/fapi/v1/ping"),
    "time": Method("GET", "/fapi/v1/time"),
    "depth": Method("GET", "/fapi/v1/depth"),
    "ticker.price": Method("GET", "/fapi/v2/ticker/price"),
    "ticker.book": Method("GET", "/fapi/v1/ticker/bookTicker"),
    "order.place": Method("POST", "/fapi/v1/order"),
    "order.modify": Method("PUT", "/fapi/v1/order", lacks=("pair",)),
    "order.cancel": Method("DELETE", "/fapi/v1/order"),
    "order.status": Method("GET", "/fapi/v1/order"),
    "algoOrder.place": Method("POST", "/fapi/v1/algoOrder"),
    "algoOrder.cancel": Method("DELETE", "/fapi/v1/algoOrder"),
    "account.status": Method("GET", "/fapi/v2/account"),
    "account.balance": Method("GET", "/fapi/v2/balance"),
    "account.position": Method("GET", "/fapi/v2/positionRisk"),
    "v2/account.status": Method("GET", "/fapi/v3/account"),
    "v2/account.balance": Method("GET", "/fapi/v3/balance"),
    "v2/account.position": Method("GET", "/fapi/v3/positionRisk"),
    "userDataStream.start": Method("POST", "/fapi/v1/listenKey"),
    "userDataStream.ping": Method("PUT", "/fapi/v1/listenKey"),
    "userDataStream.stop": Method("DELETE", "/fapi/v1/listenKey"),
}


def method_of(name: str) -> Method | None:
    """The method of that name, with or without its version; None for what is none."""
    return METHODS.get(name.removeprefix("v1/"))
