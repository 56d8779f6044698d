"""From a request's bytes to an answer's bytes: limits, security, handler, refusals. No sockets here.

The order of the checks is the venue's: address weight, key, time, signature, then the request itself.
"""

from dataclasses import dataclass, field

from connector.simulator.calls import Call
from connector.simulator.depth_feed import frame_of
from connector.simulator.floor import TradingFloor
from connector.simulator.local_routes import LOCAL_ROUTES
from connector.simulator.members import Member
from connector.simulator.parameters import Parameters, decoded
from connector.simulator.refusals import Refusal
from connector.simulator.routes import ROUTES, Route, Security
from connector.simulator.security import check_signed, member_of


@dataclass(frozen=True, slots=True)
class Ask:
    """A request as it came: `query` and `body` are the very bytes that were signed."""

    method: str
    path: str
    query: str
    body: str
    api_key: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and the headers that matter."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def refused(refusal: Refusal) -> Answer:
    """A refusal in the venue's error shape."""
    pause = refusal.retry_after_s
    headers = {} if pause is None else {"Retry-After": str(pause)}
    return Answer(refusal.status, frame_of({"code": refusal.code, "msg": refusal.text}), headers)


def answer(floor: TradingFloor, ask: Ask) -> Answer:
    """What the exchange answers; whatever the request did is published before."""
    route = ROUTES.get((ask.method, ask.path))
    if route is None:
        return refused(Refusal(-5000, ask.path, ask.method))
    now_ms = floor.now_ms()
    sent = decoded(ask.query, ask.body)
    member: Member | None = None
    try:
        floor.pace.spend(route.limit, route.weight(sent), now_ms)
        params = Parameters(sent)
        member = _sender(floor, route, ask, params, now_ms)
        outcome = route.handler(Call(floor, params, now_ms, member))
        reply = Answer(200, frame_of(outcome), _order_headers(floor, route, member, now_ms))
    except Refusal as refusal:
        reply = refused(refusal)
    floor.tell()
    if route.limit.header:
        reply.headers[route.limit.header] = str(floor.pace.used(route.limit, now_ms))
    return reply


def local_answer(floor: TradingFloor, ask: Ask) -> Answer:
    """What the exchange's own paths answer."""
    handler = LOCAL_ROUTES.get((ask.method, ask.path))
    if handler is None:
        return refused(Refusal(-5000, ask.path, ask.method))
    try:
        reply = Answer(200, frame_of(handler(floor, Parameters(decoded(ask.query, ask.body)))))
    except Refusal as refusal:
        reply = refused(refusal)
    floor.tell()
    return reply


def _sender(floor: TradingFloor, route: Route, ask: Ask, params: Parameters, now_ms: int) -> Member | None:
    if route.security is Security.NONE:
        return None
    member = member_of(floor.members, ask.api_key)
    if route.security is Security.SIGNED:
        check_signed(member, ask.query, ask.body, params, now_ms)
    return member


def _order_headers(floor: TradingFloor, route: Route, member: Member | None, now_ms: int) -> dict[str, str]:
    if not route.counts_orders or member is None:
        return {}
    tens, minute = floor.pace.orders_used(member.account_id, now_ms)
    return {"X-MBX-ORDER-COUNT-10S": str(tens), "X-MBX-ORDER-COUNT-1M": str(minute)}
