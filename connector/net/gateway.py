"""One request's way out: throttle, sign, send, classify.

Signing comes after the wait, so that a queued request does not leave with an old timestamp. Reads are tried again
when the venue was merely unavailable, and so are cancels where the answer proves that nothing happened; other writes
never are. What orders need goes over the WS-API where that is wanted and its connection is up, else over REST; what was
handed to a socket never goes another way too. Answers of both ways are judged alike.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING, Any

from connector.core.clock import Clock
from connector.core.enums import OrderWay
from connector.core.faults import Blame, ConnectorFault, Fate, Fault, FaultRule, Retry
from connector.core.twins import COMPILED
from connector.net.clock_meter import SAMPLES, ClockMeter, TimeAnswer
from connector.net.error_bodies import error_shape, refusals_within, server_time_ms
from connector.net.handshakes import HandshakePace
from connector.net.http import Http, HttpAnswer, NoAnswer
from connector.net.limits.admission import Admission, Clocks, NoRoom, cost_of
from connector.net.limits.silence import SILENCES, silence_ms
from connector.net.limits.throttle import Throttle, Ticket
from connector.net.order_sockets import OrderSockets
from connector.net.reach import Reach
from connector.net.sign import Signer
from connector.net.spelling import Spelling
from connector.net.ws_api import Ask
from connector.venue.domains import Domain
from connector.venue.endpoints import TIME, WS_HANDSHAKE, WS_LOGON, WS_TIME, Endpoint, Params, Priority
from connector.venue.error_codes import is_counted, rule_for_answer, rule_for_silence
from connector.venue.limits import RECV_WINDOW_MS
from connector.venue.refusal_causes import KEY_ENDS

if TYPE_CHECKING or not COMPILED:
    from connector.net.plain.way_out import WayOut
else:
    from connector.net.compiled.way_out import WayOut

_BACKOFF_MS = (200, 400, 800)
_READ_TRIES = 3
_REPEATED_WRITE_TRIES = 4

_NOT_WANTED = FaultRule(Fate.NEVER_LIVED, Retry.NEVER, Blame.NETWORK, "not sent: it is no longer wanted")
_NO_ROOM = FaultRule(Fate.NEVER_LIVED, Retry.NEVER, Blame.RATE_LIMIT, "not sent: the rate limits are used up")
_UNANSWERED = FaultRule(
    Fate.NEVER_LIVED, Retry.NEVER, Blame.VENUE, "not sent: too many requests before it are not answered yet"
)


#: The body, and when the request left and its answer came by the steady clock.
_Answered = tuple[bytes, int, int]
#: What waits for the answer to a request that has left.
Begun = Coroutine[Any, Any, bytes]


class _Sent(Enum):
    """What is known of a request that came to its turn."""

    NOT = auto()
    #: And no answer came.
    MAYBE = auto()
    ANSWERED = auto()
    #: Answered, and not counted by the venue.
    FREE = auto()


def _nothing() -> None:
    """Nobody needs to know that a request has left."""


def _tries(endpoint: Endpoint) -> int:
    return _REPEATED_WRITE_TRIES if endpoint.repeats else 1 if endpoint.is_write else _READ_TRIES


class Gateway:
    """Sends requests of one domain. Returns the body of a success, raises `Fault` for everything else."""

    def __init__(
        self,
        domain: Domain,
        http: Http,
        throttle: Throttle,
        clock: Clock,
        recv_window_ms: int = RECV_WINDOW_MS,
        order_way: OrderWay = OrderWay.REST,
    ) -> None:
        """`recv_window_ms`: 0 says none, so that the venue's own holds."""
        self.domain = domain
        self.throttle = throttle
        self.clock_meter = ClockMeter(clock, self._ask_time)
        #: No connection of ours goes beyond the hosts of the domain.
        self.reach = Reach(domain)
        http.keep_to(self.reach)
        #: What the streams of the domain connect by.
        self.handshakes = HandshakePace(clock.monotonic_ms, reach=self.reach)
        #: Called with each refusal of the key, and what was asked.
        self.on_key_refusal: Callable[[Endpoint, Fault], None] = lambda endpoint, refusal: None
        self._admission = Admission(throttle, Clocks(self.clock_meter.venue_ms, clock.monotonic_ms))
        self.http = http
        self._clock = clock
        self._spelling = Spelling(domain, self.venue_ms, recv_window_ms)
        #: None where orders go by REST.
        self.order_sockets = OrderSockets(domain, clock, self, self.reach) if order_way is OrderWay.WS_API else None
        self.way_out = WayOut(self.order_sockets, self._spelling, self._admission, self.clock_meter, clock)

    def sign_with(self, signer: Signer) -> None:
        """Takes the key. Raises `UnavailableFault` for a domain whose addresses are not its own row's."""
        self._spelling.sign_with(signer)

    @property
    def arrives_within_ms(self) -> int:
        """How long after it was signed a request may still be taken."""
        return self._spelling.recv_window_ms or RECV_WINDOW_MS

    def tell_long_waits(self, tell: Callable[[str, int], None]) -> None:
        """Calls `tell` for a request that has to wait long: with the limit's kind, and for how many ms."""
        self._admission.on_long_wait = tell

    def venue_ms(self) -> int:
        """The venue's clock, as far as it was measured; this machine's until then."""
        return self.clock_meter.venue_ms()

    def require_not_ahead(self, time_ms: int, what: str) -> None:
        """Raises `UnreadableFault` for a time that the venue's clock has not reached.

        Either the time is wrong or our measure of that clock is: it is measured again.
        """
        self.clock_meter.require_not_ahead(time_ms, what)

    def silent_until_ms(self) -> int | None:
        """Until when the venue wants silence, by its own clock; None where it does not."""
        left_ms = self.throttle.address.pause.until_ms - self._clock.monotonic_ms()
        return self.venue_ms() + left_ms if left_ms > 0 else None

    async def call(
        self,
        endpoint: Endpoint,
        params: Mapping[str, str] | None = None,
        still_wanted: Callable[[], bool] = lambda: True,
        left: Callable[[], None] = _nothing,
        *,
        by_rest: bool = False,
    ) -> bytes:
        """The body of the answer. A read is tried up to three times, a cancel that did not happen up to four times, a
        timestamp refusal once more for all.

        `still_wanted` is asked when the wait for the rate limits is over, as the last thing before signing; `left` is
        called once the whole request has left over the WS-API, and not at all where it goes by REST. `by_rest`
        takes that way whatever is wanted otherwise: it needs no connection that somebody keeps.
        """
        wanted = params or {}
        send = partial(self._by_rest, endpoint, wanted)
        if not by_rest:
            send = partial(self._deliver, endpoint, wanted, left)
        once = partial(self._once, endpoint, wanted, send, still_wanted)
        return (await self._tried(once, _tries(endpoint)))[0]

    def begin(
        self,
        endpoint: Endpoint,
        params: Mapping[str, str],
        still_wanted: Callable[[], bool],
        left: Callable[[], None] = _nothing,
    ) -> Begun | None:
        """Sends a request here and now, in the turn of the loop that wants it, and returns what waits for its answer as
        `call` does; it must be awaited. None where nothing has left, and `call` is the way: it goes by REST, or has to
        wait for the rate limits."""
        begun = self.way_out.send(endpoint, params, left)
        return None if begun is None else self.going_on(endpoint, lambda: params, still_wanted, begun, left)

    def going_on(
        self,
        endpoint: Endpoint,
        params_of: Callable[[], Mapping[str, str]],
        still_wanted: Callable[[], bool],
        begun: tuple[Ticket, Awaitable[HttpAnswer]],
        left: Callable[[], None] = _nothing,
    ) -> Begun:
        """What waits for the answer to a request that has left by `way_out`, as `call` does; it must be awaited.
        `params_of`: asked where it goes once more."""
        return self._go_on(endpoint, params_of, left, still_wanted, *begun)

    async def _go_on(
        self,
        endpoint: Endpoint,
        params_of: Callable[[], Mapping[str, str]],
        left: Callable[[], None],
        still_wanted: Callable[[], bool],
        ticket: Ticket,
        answer: Awaitable[HttpAnswer],
    ) -> bytes:
        """With a request that has left; again by `call`'s way where it may be done again."""
        begun = [answer]

        def once() -> Awaitable[_Answered]:
            if not begun:
                params = params_of()
                return self._once(endpoint, params, partial(self._deliver, endpoint, params, left), still_wanted)
            sending = begun.pop()
            return self._carried(endpoint, ticket, lambda: sending, lambda: True)

        return (await self._tried(once, _tries(endpoint)))[0]

    async def send_bare(self, endpoint: Endpoint, params: Mapping[str, str]) -> HttpAnswer:
        """One signed request past limits and classification: for the last act, when those are what broke. Raises
        `NoAnswer`."""
        address, headers = self._spelling.rest(endpoint, params)
        return await self.http.send(endpoint.method, address, headers, urgent=True)

    async def open_socket(self, handshake: Callable[[], Awaitable[HttpAnswer]]) -> None:
        """Makes a handshake of the WS-API in its turn: at the pace of the address, charged to its weight, and not
        during a silence. Raises `Fault`."""
        await self.handshakes.turn()
        await self._once(WS_HANDSHAKE, {}, handshake)

    async def greet(self, ask: Ask) -> bool:
        """Logs a new connection of the WS-API on, where the key can; else asks for the time, so that it is known to
        answer. Whether it is logged on. Raises `ConnectorFault`."""
        can_log_on = self._spelling.can_log_on

        def send() -> Awaitable[HttpAnswer]:
            return ask(WS_LOGON.ws_method, self._spelling.logon()) if can_log_on else ask(WS_TIME.ws_method, b"{}")

        await self._tried(partial(self._once, WS_LOGON if can_log_on else WS_TIME, {}, send), 1)
        return can_log_on

    async def measure_clock(self, samples: int = SAMPLES) -> None:
        """Measures the venue's clock; several round trips, of which the median counts. Raises `ConnectorFault`."""
        await self.clock_meter.measure(samples)

    async def _renew_clock(self, measured: int, refusal: Fault) -> None:
        """After a timestamp was refused. Where the time can't be had, the refusal is what is told."""
        try:
            await self.clock_meter.measure_anew(measured)
        except ConnectorFault as fault:
            raise refusal from fault

    async def _ask_time(self) -> TimeAnswer:
        body, sent_ms, received_ms = await self._once(TIME, {}, lambda: self._by_rest(TIME, {}))
        return TimeAnswer(sent_ms, received_ms, server_time_ms(body))

    async def _tried(self, once: Callable[[], Awaitable[_Answered]], tries: int) -> _Answered:
        """Does it again where the refusal says that it may be done again, so often at most."""
        failures, resynced = 0, False
        while True:
            measured = self.clock_meter.measured
            try:
                return await once()
            except Fault as fault:
                if fault.rule.retry is Retry.AFTER_CLOCK_SYNC and not resynced:
                    resynced = True
                    await self._renew_clock(measured, fault)
                elif fault.rule.retry is Retry.BACKOFF and failures + 1 < tries:
                    await asyncio.sleep(_BACKOFF_MS[failures] / 1000)
                    failures += 1
                else:
                    raise

    async def _once(
        self,
        endpoint: Endpoint,
        params: Params,
        send: Callable[[], Awaitable[HttpAnswer]],
        still_wanted: Callable[[], bool] = lambda: True,
    ) -> _Answered:
        name = f"{endpoint.method} {endpoint.path}"
        try:
            ticket = await self._admission.enter(endpoint, cost_of(endpoint, params))
        except NoRoom as error:
            rule = _UNANSWERED if error.for_answers else _NO_ROOM
            raise Fault(rule, name, text=str(error), pause_until_ms=self.silent_until_ms()) from error
        return await self._carried(endpoint, ticket, send, still_wanted)

    async def _carried(
        self,
        endpoint: Endpoint,
        ticket: Ticket,
        send: Callable[[], Awaitable[HttpAnswer]],
        still_wanted: Callable[[], bool],
    ) -> _Answered:
        """A request whose turn has come; the ticket comes back whatever happens."""
        name = f"{endpoint.method} {endpoint.path}"
        answer: HttpAnswer | None = None
        sent = _Sent.NOT
        try:
            if not still_wanted():
                raise Fault(_NOT_WANTED, name)
            sent_ms = self._clock.monotonic_ms()
            sending = send()
            sent = _Sent.MAYBE
            answer = await sending
            sent, received_ms = _Sent.ANSWERED, self._clock.monotonic_ms()
            if answer.status == 200:
                if endpoint.tells_each:
                    self._heed_each(answer, ticket)
                return answer.body, sent_ms, received_ms
            fault = self._fault(answer, endpoint, name, ticket)
            if fault.code in KEY_ENDS:
                self.on_key_refusal(endpoint, fault)
            sent = _Sent.ANSWERED if is_counted(answer.status, fault.text) else _Sent.FREE
            raise fault
        except NoAnswer as silence:
            sent = _Sent.MAYBE if silence.sent else _Sent.NOT
            rule = rule_for_silence(sent=silence.sent, is_write=endpoint.is_write)
            raise Fault(rule, name, text=str(silence)) from silence
        finally:
            self._admission.leave(ticket, endpoint.priority, lambda: self._settle(ticket, endpoint, sent, answer))

    def _deliver(
        self, endpoint: Endpoint, params: Mapping[str, str], left: Callable[[], None]
    ) -> Awaitable[HttpAnswer]:
        """Signs, and sends by the way that is wanted and open."""
        sockets = self.order_sockets
        if sockets is None or not endpoint.ws_method:
            return self._by_rest(endpoint, params)
        if not sockets.of(endpoint).is_up:
            sockets.fallbacks += 1
            return self._by_rest(endpoint, params)
        return self._over_ws(endpoint, params, left, sockets)

    def _by_rest(self, endpoint: Endpoint, params: Mapping[str, str]) -> Awaitable[HttpAnswer]:
        address, headers = self._spelling.rest(endpoint, params)
        return self.http.send(endpoint.method, address, headers, urgent=endpoint.priority is Priority.RISK)

    async def _over_ws(
        self, endpoint: Endpoint, params: Mapping[str, str], left: Callable[[], None], sockets: OrderSockets
    ) -> HttpAnswer:
        """Over its connection; by REST where that turned out to be gone before anything was written."""
        socket = sockets.of(endpoint)
        spelt = self._spelling.ws(endpoint, params, is_logged_on=socket.is_logged_on)
        try:
            return await socket.send(endpoint.ws_method, spelt, left)
        except NoAnswer as silence:
            if silence.sent:
                raise
        sockets.fallbacks += 1
        return await self._by_rest(endpoint, params)

    def _settle(self, ticket: Ticket, endpoint: Endpoint, sent: _Sent, answer: HttpAnswer | None) -> None:
        steady_ms = self._clock.monotonic_ms()
        if sent in (_Sent.NOT, _Sent.FREE):
            self.throttle.give_back(ticket, steady_ms, answered=sent is _Sent.FREE)
        else:
            headers = None if answer is None else answer.headers
            self.throttle.settle(ticket, headers, steady_ms, tells_weight=endpoint.tells_weight)

    def _fault(self, answer: HttpAnswer, endpoint: Endpoint, name: str, ticket: Ticket) -> Fault:
        code, text = error_shape(answer.body)
        rule = rule_for_answer(answer.status, code, text, is_write=endpoint.is_write)
        until_ms = self._pause(answer, rule, text, ticket) if rule.retry in SILENCES else None
        return Fault(rule, name, code=code, http_status=answer.status, text=text, pause_until_ms=until_ms)

    def _heed_each(self, answer: HttpAnswer, ticket: Ticket) -> None:
        """What is asked of a pool in the refusal of one order among several is asked as in that of one alone."""
        asked: dict[Retry, tuple[FaultRule, str]] = {}
        for code, text in refusals_within(answer.body):
            rule = rule_for_answer(answer.status, code, text, is_write=True)
            asked.setdefault(rule.retry, (rule, text))
        for retry, (rule, text) in asked.items():
            if retry in SILENCES:
                self._pause(answer, rule, text, ticket)
            elif retry is Retry.AFTER_CLOCK_SYNC:
                self.clock_meter.is_in_doubt = True

    def _pause(self, answer: HttpAnswer, rule: FaultRule, text: str, ticket: Ticket) -> int:
        """The venue asks for silence: until when, by its clock, and the throttle keeps it."""
        throttle, now_ms = self.throttle, self.venue_ms()
        pool = throttle.account if rule.retry is Retry.AFTER_ORDER_PAUSE else throttle.address
        lasts_ms = silence_ms(answer, text, rule.retry, pool.pause.misses, now_ms)
        pool.pause.begin(self._clock.monotonic_ms() + lasts_ms, ticket.number, f"HTTP {answer.status}: {text}")
        return now_ms + lasts_ms
