"""From a request's bytes to an answer's bytes: limits, security, handler, refusals. No sockets here.

The order of the checks is the venue's: address weight, key, time, signature, then the request itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from connector.core.value_objects import value_object
from connector.simulator.access.address_faults import check_address_faults
from connector.simulator.access.api_keys import ApiKey
from connector.simulator.access.key_faults import check_key_faults
from connector.simulator.access.loopback import HOME
from connector.simulator.access.parameters import Parameters, decoded
from connector.simulator.access.security import (
    check_right,
    check_signed,
    check_time,
    most_window_ms,
    right_for,
    sender_of,
)
from connector.simulator.errors import VenueError
from connector.simulator.json_bytes import frame_of
from connector.simulator.rest.replica_reads import lagging_engine
from connector.simulator.rest.request import Request
from connector.simulator.rest.routes import ROUTES, Route, Security
from connector.simulator.runtime import Runtime


@value_object
class Ask:
    """A request as it came."""

    method: str
    path: str
    #: Query and body are the very bytes that were signed.
    query: str
    body: str
    api_key: str | None
    #: Whose it is.
    address: str = HOME


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and the headers that matter."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


class Outcome(NamedTuple):
    """What became of a request: a payload, or a refusal, and whose it was where that was found out."""

    payload: object
    refusal: VenueError | None
    sender: ApiKey | None


#: What stands before the venue's hosts says no more.
_FORBIDDEN = b"<html><head><title>403 Forbidden</title></head></html>"

#: Finds out who sent a request, or refuses it.
Authenticate = Callable[[Parameters, int], ApiKey | None]


def refused(refusal: VenueError) -> Answer:
    """A refusal in the venue's error shape."""
    pause = refusal.retry_after_s
    headers = {} if pause is None else {"Retry-After": str(pause)}
    return Answer(refusal.status, frame_of({"code": refusal.code, "msg": refusal.text}), headers)


def carried_out(
    runtime: Runtime, route: Route, sent: dict[str, str], address: str, now_ms: int, authenticate: Authenticate
) -> Outcome:
    """Does what a request asks for, whichever way it came; what it brought about is published before."""
    sender: ApiKey | None = None
    try:
        check_address_faults(runtime.faults, address, now_ms, runtime.steady_ms)
    except VenueError as refusal:
        return Outcome(None, refusal, None)
    try:
        runtime.rate_limits.check_ban(address, now_ms)
        weight = route.weight(sent)
        if not route.limit.by_account:
            runtime.rate_limits.spend(route.limit, weight, now_ms, address)
        params = Parameters(sent)
        sender = authenticate(params, now_ms)
        if route.limit.by_account:
            runtime.rate_limits.spend(route.limit, weight, now_ms, _counted_by(route, address, sender))
        replica = lagging_engine(runtime, route, sender)
        outcome = Outcome(route.handler(Request(runtime, params, now_ms, sender, replica)), None, sender)
    except VenueError as refusal:
        if refusal.status == 429:
            runtime.rate_limits.offend(address, now_ms)
        outcome = Outcome(None, refusal, sender)
    runtime.publish()
    return outcome


def answer(runtime: Runtime, ask: Ask, came_ms: int | None = None) -> Answer:
    """What the exchange answers over REST; `came_ms` is when it came, where that is not now."""
    route = ROUTES.get((ask.method, ask.path))
    if route is None:
        return refused(VenueError(-5000, ask.path, ask.method))
    if runtime.faults.any_armed and ask.path.startswith("/sapi/") and runtime.faults.standing("no_wallet"):
        return Answer(403, _FORBIDDEN, content_type="text/html")
    now_ms = runtime.now_ms()
    sent, is_repeated = decoded(ask.query, ask.body)

    def authenticate(params: Parameters, now_ms: int) -> ApiKey | None:
        if is_repeated:
            raise VenueError(-1101)
        if route.security is Security.NONE:
            return None
        sender = sender_of(runtime.api_keys, ask.api_key, ask.address)
        check_key_faults(runtime.faults, sender.api_key, ask.address)
        if route.security is Security.SIGNED:
            check_time(params, now_ms if came_ms is None else came_ms, most_window_ms(ask.path))
            check_signed(sender, ask.query, ask.body, params)
        check_right(sender, right_for(ask.method, ask.path), now_ms, ask.address)
        return sender

    outcome = carried_out(runtime, route, sent, ask.address, now_ms, authenticate)
    if outcome.refusal is not None:
        reply = refused(outcome.refusal)
    else:
        reply = Answer(200, frame_of(outcome.payload), _order_headers(runtime, route, outcome.sender, now_ms))
    if route.limit.header:
        counted_by = _counted_by(route, ask.address, outcome.sender)
        reply.headers[route.limit.header] = str(runtime.rate_limits.used(route.limit, now_ms, counted_by))
    return reply


def _counted_by(route: Route, address: str, sender: ApiKey | None) -> str:
    """Whose pool a request draws on: that of its address, or of its account."""
    return f"account {sender.account_id}" if route.limit.by_account and sender is not None else address


def _order_headers(runtime: Runtime, route: Route, sender: ApiKey | None, now_ms: int) -> dict[str, str]:
    if not route.counts_orders or sender is None:
        return {}
    tens, minute = runtime.rate_limits.orders_used(sender.account_id, now_ms)
    return {"X-MBX-ORDER-COUNT-10S": str(tens), "X-MBX-ORDER-COUNT-1M": str(minute)}
