"""One request's way out: throttle, sign, send, classify.

Signing comes after the wait, so that a queued request does not leave with an old timestamp. Reads are tried again
when the venue was merely unavailable; writes never are, except where the fault proves that nothing happened.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from connector.core.clock import Clock
from connector.core.faults import Blame, Fate, Fault, FaultRule, Retry, UnavailableFault, UnreadableFault
from connector.net.clock_sync import ClockSync
from connector.net.http import Http, HttpAnswer, NoAnswer
from connector.net.sign import Signer
from connector.net.throttle import Cost, Throttle
from connector.venue.domains import LIVE_HOSTS, Domain, host_of
from connector.venue.endpoints import API_KEY_HEADER, TIME, Endpoint, Security
from connector.venue.error_codes import banned_until_ms, rule_for_answer, rule_for_silence
from connector.venue.limits import COUNTER_HEADERS, RECV_WINDOW_MS

_BACKOFF_MS = (200, 400, 800)
_READ_TRIES = 3
#: A 429 without `Retry-After` waits for the next minute of the venue's clock.
_MINUTE_MS = 60_000

_NOT_WANTED = FaultRule(Fate.NEVER_LIVED, Retry.NEVER, Blame.NETWORK, "not sent: it is no longer wanted")
_NO_ROOM = FaultRule(Fate.NEVER_LIVED, Retry.NEVER, Blame.RATE_LIMIT, "not sent: the rate limits are used up")


class Gateway:
    """Sends requests of one domain. Returns the body of a success, raises `Fault` for everything else."""

    def __init__(
        self, domain: Domain, http: Http, throttle: Throttle, clock: Clock, recv_window_ms: int = RECV_WINDOW_MS
    ) -> None:
        self.domain = domain
        self.throttle = throttle
        self.clock_sync = ClockSync()
        self._http = http
        self._clock = clock
        self._recv_window_ms = recv_window_ms
        self._signer: Signer | None = None

    def sign_with(self, signer: Signer) -> None:
        """Takes the key. Refuses to sign for a live host when the domain is not live."""
        if not self.domain.is_live and host_of(self.domain.rest) in LIVE_HOSTS:
            raise UnavailableFault(f"domain {self.domain.name} does not sign for {self.domain.rest}")
        self._signer = signer

    def venue_ms(self) -> int:
        """The venue's clock, as far as it was measured; this machine's until then."""
        if self.clock_sync.is_set:
            return self.clock_sync.now_ms(self._clock.monotonic_ms())
        return self._clock.now_ms()

    async def call(
        self,
        endpoint: Endpoint,
        params: Mapping[str, str] | None = None,
        still_wanted: Callable[[], bool] = lambda: True,
    ) -> bytes:
        """The body of the answer. A read is tried up to three times, a timestamp refusal once more for all.

        `still_wanted` is asked when the wait for the rate limits is over, as the last thing before signing.
        """
        resynced = False
        for attempt in range(1, 2 * _READ_TRIES):
            try:
                return await self._once(endpoint, params or {}, still_wanted)
            except Fault as fault:
                if fault.rule.retry is Retry.AFTER_CLOCK_SYNC and not resynced:
                    resynced = True
                    self.clock_sync.forget()
                    await self.measure_clock()
                elif fault.rule.retry is Retry.BACKOFF and not endpoint.is_write and attempt < _READ_TRIES:
                    await asyncio.sleep(_BACKOFF_MS[attempt - 1] / 1000)
                else:
                    raise
        raise AssertionError("the last attempt returns or raises")

    async def measure_clock(self, samples: int = 3) -> None:
        """Measures the venue's clock; several round trips, of which the median counts."""
        for _ in range(samples):
            sent_ms = self._clock.monotonic_ms()
            body = await self._once(TIME, {}, lambda: True)
            self.clock_sync.sample(sent_ms, self._clock.monotonic_ms(), _server_time_ms(body))

    async def _once(self, endpoint: Endpoint, params: Mapping[str, str], still_wanted: Callable[[], bool]) -> bytes:
        name = f"{endpoint.method} {endpoint.path}"
        await self._wait(endpoint, params, name)
        if not still_wanted():
            raise Fault(_NOT_WANTED, name)
        sent_ms = self.venue_ms()
        address, headers = self._spell(endpoint, params)
        try:
            answer = await self._http.send(endpoint.method, address, headers)
        except NoAnswer as silence:
            rule = rule_for_silence(sent=silence.sent, is_write=endpoint.is_write)
            raise Fault(rule, name, text=str(silence)) from silence
        self._correct_counts(answer, sent_ms)
        if answer.status == 200:
            return answer.body
        raise self._fault(answer, endpoint, name)

    async def _wait(self, endpoint: Endpoint, params: Mapping[str, str], name: str) -> None:
        cost = Cost(endpoint.weight(params), endpoint.order_cost_10s, endpoint.order_cost_1m)
        while wait_ms := self.throttle.wait_ms(cost, self.venue_ms(), endpoint.priority):
            if endpoint.most_wait_ms is not None and wait_ms > endpoint.most_wait_ms:
                raise Fault(_NO_ROOM, name, text=f"{wait_ms / 1000:.1f} s to wait")
            await asyncio.sleep(wait_ms / 1000)
        self.throttle.spend(cost, self.venue_ms())

    def _spell(self, endpoint: Endpoint, params: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """The address and headers: what is signed is what is sent, percent-encoding included."""
        query = urlencode(params)
        headers: dict[str, str] = {}
        if endpoint.security is not Security.NONE:
            if self._signer is None:
                raise UnavailableFault(f"{endpoint.method} {endpoint.path} needs an API key and there is none")
            headers[API_KEY_HEADER] = self._signer.api_key.reveal()
            if endpoint.security is Security.SIGNED:
                stamp = {"recvWindow": str(self._recv_window_ms), "timestamp": str(self.venue_ms())}
                query = urlencode({**params, **stamp})
                query = f"{query}&signature={self._signer.sign(query)}"
        return f"{self.domain.rest}{endpoint.path}{'?' if query else ''}{query}", headers

    def _correct_counts(self, answer: HttpAnswer, sent_ms: int) -> None:
        for header, (kind, window_ms) in COUNTER_HEADERS.items():
            count = answer.headers.get(header, "")
            if count.isdigit():
                self.throttle.correct(kind, window_ms, int(count), sent_ms, self.venue_ms())

    def _fault(self, answer: HttpAnswer, endpoint: Endpoint, name: str) -> Fault:
        code, text = error_shape(answer.body)
        rule = rule_for_answer(answer.status, code, text, is_write=endpoint.is_write)
        until_ms = self._pause(answer, rule, text)
        return Fault(rule, name, code=code, http_status=answer.status, text=text, pause_until_ms=until_ms)

    def _pause(self, answer: HttpAnswer, rule: FaultRule, text: str) -> int | None:
        """When the venue asks for silence: until when, and the throttle keeps it."""
        if rule.retry not in (Retry.AFTER_PAUSE, Retry.AFTER_ORDER_PAUSE):
            return None
        now_ms = self.venue_ms()
        after_s = answer.headers.get("Retry-After", "")
        until_ms = banned_until_ms(text) or (
            now_ms + int(after_s) * 1000 if after_s.isdigit() else (now_ms // _MINUTE_MS + 1) * _MINUTE_MS
        )
        self.throttle.pause_until(until_ms, orders_only=rule.retry is Retry.AFTER_ORDER_PAUSE)
        return until_ms


def _server_time_ms(body: bytes) -> int:
    try:
        return int(json.loads(body)["serverTime"])
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableFault("server time", f"{type(error).__name__} {error}") from error


def error_shape(body: bytes) -> tuple[int, str]:
    """Code and text of the venue's error body; (0, the text) for a body of another shape."""
    try:
        row = json.loads(body)
        return int(row["code"]), str(row["msg"])
    except (ValueError, KeyError, TypeError):
        return 0, body[:200].decode("utf-8", "replace")
