"""A request's way to its socket: both twins write the same bytes, take the same of the limits, and send when they may.

Their clocks stand, so that times and signatures are the same, letter by letter.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from connector.net.compiled.way_out import WayOut as Compiled
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from picows import WSCloseCode

from connector.core.clock import Clock, ManualClock
from connector.core.faults import UnavailableFault
from connector.core.secrets import Secret
from connector.net.clock_meter import ClockMeter
from connector.net.gateway import Gateway
from connector.net.limits.admission import Admission, Clocks
from connector.net.limits.throttle import Throttle
from connector.net.plain.way_out import WayOut as Plain
from connector.net.sign import HmacSigner, KeyPairSigner, Signer
from connector.net.spelling import Spelling
from connector.net.system_clock import SystemClock
from connector.net.ws_connection import WsConnection
from connector.simulator.server import LocalExchange
from connector.venue import endpoints
from connector.venue.domains import LOCAL
from connector.venue.endpoints import Endpoint
from tests.companions.net.gateways import running_gateway

ORDER = {
    "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.010", "price": "50000",
    "newClientOrderId": "desk1-1",
}  # fmt: skip
CANCEL = {"symbol": "BTCUSDT", "origClientOrderId": "desk1-1"}
ASKED = (
    (endpoints.PLACE_ORDER, ORDER),
    (endpoints.CLOSE_ORDER, {**ORDER, "reduceOnly": "true"}),
    (endpoints.CANCEL_ORDER, CANCEL),
    (endpoints.MODIFY_ORDER, {**CANCEL, "quantity": "1", "price": "2"}),
    (endpoints.QUERY_ORDER, {**CANCEL, "note": "two words & \u2013 a dash"}),
    (endpoints.PLACE_ORDER, {"quantity": "1" * 3_000}),
    (endpoints.DEPTH, {"symbol": "BTCUSDT"}),
)


def key_pair() -> Signer:
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return KeyPairSigner(Secret("the-key"), Secret(pem.decode()))


@contextmanager
def messages() -> Iterator[list[bytes]]:
    """What is handed to any socket of the WS-API."""
    sent: list[bytes] = []
    has_left = WsConnection.has_left

    def noting(connection: WsConnection, message: bytes, *terms: Any) -> Any:
        sent.append(message)
        return has_left(connection, message, *terms)

    WsConnection.has_left = noting  # type: ignore[method-assign,assignment]
    try:
        yield sent
    finally:
        WsConnection.has_left = has_left  # type: ignore[method-assign]


class Desk:
    """A way of its own, with limits of its own, to the sockets of a gateway."""

    def __init__(
        self,
        twin: Callable[..., Any],
        gateway: Gateway,
        signer: Signer | None,
        window_ms: int = 5_000,
        clock: Clock | None = None,
    ) -> None:
        self.clock = clock or ManualClock(1_700_000_000_000)
        self.meter = meter = ClockMeter(self.clock, gateway._ask_time)
        if clock is None:
            meter.sync.sample(0, 0, 250)
        self.throttle = Throttle()
        spelling = Spelling(LOCAL, meter.venue_ms, window_ms)
        if signer is not None:
            spelling.sign_with(signer)
        admission = Admission(self.throttle, Clocks(meter.venue_ms, self.clock.monotonic_ms))
        self.way = twin(gateway.order_sockets, spelling, admission, meter, self.clock)
        self.sockets = gateway.order_sockets
        self.left = 0

    def send(self, endpoint: Endpoint, params: dict[str, str]) -> object:
        """What the request took of the limits; None where nothing has left."""
        begun = self.way.send(endpoint, params, self._note)
        if begun is None:
            return None
        ticket, answer = begun
        answer.close()
        for socket in (self.sockets.orders, self.sockets.risk) if self.sockets else ():
            if socket._connection is not None:
                # Nobody waits for it: the connection's own clock runs, and would come to doubt.
                socket._connection._waiting.clear()
        return ticket.cost, ticket.number, ticket.sent_ms

    def _note(self) -> None:
        self.left += 1


@pytest.fixture
async def gateway(venue: LocalExchange) -> AsyncIterator[Gateway]:
    async with running_gateway(venue, HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))) as running:
        await running.measure_clock()
        yield running


def without_number(message: bytes) -> dict[str, object]:
    told = json.loads(message)
    del told["id"]
    return dict(told)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("window_ms", [5_000, 0])
@pytest.mark.parametrize(
    "signer",
    [
        HmacSigner(Secret("the-key"), Secret("s" * 64)),
        HmacSigner(Secret("a key/of odd letters"), Secret("s")),
        key_pair(),
    ],
    ids=["hmac", "odd", "key pair"],
)
@pytest.mark.parametrize("is_logged_on", [False, True])
async def test_both_twins_write_the_same(gateway: Gateway, signer: Signer, window_ms: int, is_logged_on: bool) -> None:
    desks = [Desk(twin, gateway, signer, window_ms) for twin in (Compiled, Plain)]
    assert gateway.order_sockets is not None
    for socket in (gateway.order_sockets.orders, gateway.order_sockets.risk):
        assert socket._connection is not None
        socket._connection.is_logged_on = is_logged_on
    for endpoint, params in ASKED:
        with messages() as sent:
            took = [desk.send(endpoint, params) for desk in desks]
        assert took[0] == took[1]
        assert (took[0] is None) is not bool(endpoint.ws_method)
        if took[0] is not None:
            one, other = sent
            assert one.partition(b",")[2] == other.partition(b",")[2], "letter by letter behind the number"
            assert without_number(one)["method"] == endpoint.ws_method
    assert desks[0].left == desks[1].left == sum(bool(endpoint.ws_method) for endpoint, _ in ASKED)
    uses = [[row.used for row in desk.throttle.use(desk.clock.now_ms())] for desk in desks]
    assert uses[0] == uses[1]


@pytest.mark.parametrize("twin", [Compiled, Plain])
async def test_nothing_leaves_without_a_key(gateway: Gateway, twin: Callable[..., Any]) -> None:
    desk = Desk(twin, gateway, None)
    with messages() as sent, pytest.raises(UnavailableFault, match="needs an API key"):
        desk.send(endpoints.PLACE_ORDER, ORDER)
    assert sent == []
    assert not any(row.used for row in desk.throttle.use(desk.clock.now_ms()))


@pytest.mark.parametrize("twin", [Compiled, Plain])
async def test_a_connection_that_is_closing_takes_nothing(gateway: Gateway, twin: Callable[..., Any]) -> None:
    desk = Desk(twin, gateway, HmacSigner(Secret("k"), Secret("s")))
    assert gateway.order_sockets is not None
    risk = gateway.order_sockets.risk._connection
    assert risk is not None and risk._transport is not None
    risk._transport.send_close(WSCloseCode.OK)
    with messages() as sent:
        assert desk.send(endpoints.CANCEL_ORDER, CANCEL) is None
    assert sent == []
    assert not any(row.used for row in desk.throttle.use(desk.clock.now_ms()))


@pytest.mark.parametrize("is_measured", [False, True])
@pytest.mark.parametrize("twin", [Compiled, Plain])
async def test_a_request_is_dated_by_the_clock_as_it_runs(
    gateway: Gateway, twin: Callable[..., Any], is_measured: bool
) -> None:
    """This machine's while the venue's was not measured."""
    clock = SystemClock()
    desk = Desk(twin, gateway, HmacSigner(Secret("k"), Secret("s")), clock=clock)
    if is_measured:
        desk.meter.sync.sample(clock.monotonic_ms(), clock.monotonic_ms(), 1_600_000_000_000)
    before_ms = desk.meter.venue_ms()
    with messages() as sent:
        assert desk.send(endpoints.PLACE_ORDER, ORDER) is not None
    (message,) = sent
    assert before_ms <= json.loads(message)["params"]["timestamp"] <= desk.meter.venue_ms()


def test_what_goes_over_the_ws_api_weighs_the_same_whatever_it_says() -> None:
    rows = [row for row in vars(endpoints).values() if isinstance(row, Endpoint) and row.ws_method]
    assert rows
    for row in rows:
        assert row.weight({}) == row.weight({"symbol": "BTCUSDT", "limit": "1000", "origClientOrderId": "x"})


def test_the_compiled_way_is_not_pickled() -> None:
    way = Compiled.__new__(Compiled)
    with pytest.raises(TypeError, match="neither pickled nor copied"):
        way.__reduce_ex__(2)
