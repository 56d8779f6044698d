"""The aiohttp shell: bytes in, bytes out, and what faults make of an answer on its way."""

import asyncio
import logging
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from urllib.parse import parse_qsl

from aiohttp import web

from connector.simulator.access.address_faults import check_address_faults
from connector.simulator.access.loopback import HOME, is_local_caller
from connector.simulator.access.parameters import decoded
from connector.simulator.access.rate_limits import WEIGHT
from connector.simulator.clock import wait_ms
from connector.simulator.errors import VenueError
from connector.simulator.fault_injection.alterations import ANSWER, HEADER, altered_answer
from connector.simulator.fault_injection.catalogue import Moment
from connector.simulator.fault_injection.faults import Armed
from connector.simulator.http_transport import abort
from connector.simulator.json_bytes import frame_of
from connector.simulator.local.local_dispatch import awaited_answer
from connector.simulator.local.page import page_file
from connector.simulator.local.simulation_routes import LONG_LOOKS
from connector.simulator.rest.dispatch import Answer, Ask, answer, refused
from connector.simulator.rest.faulty_responses import (
    DELAYS,
    LATE,
    RESETS,
    UNAVAILABLE_ANSWER,
    UNKNOWN_ANSWER,
    faulty_answer,
    outage_answer,
)
from connector.simulator.runtime import Runtime
from connector.simulator.streams.addresses import Opening, opening_of
from connector.simulator.streams.connection import MOST_STREAMS, Connection
from connector.simulator.ws_api.session import HANDSHAKE_WEIGHT, Session
from connector.simulator.ws_api.socket import WsApiSocket

_LOG = logging.getLogger(__name__)
#: What was the book before anything happened: the oldest answer there can be.
OLDEST_DEPTH = frame_of({"lastUpdateId": 1, "E": 0, "T": 0, "bids": [], "asks": []})
DEPTH_PATH = "/fapi/v1/depth"
#: Depth queries whose last answer is kept for `stale_snapshot`.
MOST_DEPTH_QUERIES = 64
WS_API_PATHS = ("/ws-fapi/v1", "/ws-fapi/v1/")
MOST_BYTES_OF_A_MESSAGE = 65_536


class HttpHandler:
    """Every request of the one port comes through `handle`.

    What nobody foresaw is logged, and answered as the venue answers what it can't tell the outcome of: 503, -1000.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._depth_before: dict[str, Answer] = {}
        self._looking = asyncio.Lock()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path, _, query = request.raw_path.partition("?")
        try:
            outage = self._runtime.faults.standing("outage")
            if outage is not None and not _is_ours(path):
                return self._down(request, outage)
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return await self._socket(request, path, query)
            return await self._answered(request, path, query)
        except web.HTTPException as error:
            return _response(Answer(error.status, refused(VenueError(-1013)).body))
        except Exception:
            _LOG.exception("%s %s failed", request.method, path)
            return _response(UNKNOWN_ANSWER)

    async def _answered(self, request: web.BaseRequest, path: str, query: str) -> web.Response:
        body = (await request.read()).decode(errors="surrogateescape")
        api_key = request.headers.get("X-MBX-APIKEY")
        # A HEAD is answered as its GET; the server leaves out the body (RFC 9110, 9.3.2).
        method = "GET" if request.method == "HEAD" else request.method
        ask = Ask(method, path, query, body, api_key, request.remote or HOME)
        if path.startswith("/local/"):
            return await self._local(request, ask)
        if (page := page_file(path)) is not None and ask.method == "GET":
            return web.Response(body=page[0], content_type=page[1], charset="utf-8")
        before = self._runtime.faults.take_request(Moment.BEFORE, ask.method, path, lambda: decoded(query, body).sent)
        if before is not None and before.name in LATE:
            self._runtime.late.add(before.ms, partial(answer, self._runtime, ask, self._runtime.now_ms()))
        if before is not None:
            return self._faulty(request, before)
        latency = self._runtime.ack_latency
        travel_ms = latency.next_ms() / 2 if latency else 0.0
        await self._travel(travel_ms)
        reply = answer(self._runtime, ask)
        await self._travel(travel_ms)
        return _response(await self._after(request, ask, reply))

    async def _travel(self, ms: float) -> None:
        if ms:
            await wait_ms(self._runtime.settings.clock, ms)

    async def _local(self, request: web.BaseRequest, ask: Ask) -> web.Response:
        if not is_local_caller(ask.address, request.headers.get("Host"), request.headers.get("Origin")):
            return web.Response(status=403, text="only for programs of this machine\n")
        # One after the other, where it takes long: each one is a process.
        async with self._looking if (ask.method, ask.path) in LONG_LOOKS else nullcontext():
            return _response(await awaited_answer(self._runtime, ask))

    def _down(self, request: web.BaseRequest, outage: Armed) -> web.Response:
        page = outage_answer(outage)
        if page is None:
            abort(request)
        return web.Response() if page is None else _response(page)

    def _faulty(self, request: web.BaseRequest, fault: Armed) -> web.Response:
        """The answer to a request that a fault keeps from being executed, or whose answer it spoils."""
        if fault.name in RESETS:
            abort(request)
            return web.Response()
        return _response(faulty_answer(fault, self._runtime.now_ms()))

    async def _after(self, request: web.BaseRequest, ask: Ask, reply: Answer) -> Answer:
        """The answer as it is sent, after what a fault does to it."""
        fault = self._runtime.faults.take_request(Moment.AFTER, ask.method, ask.path)
        if fault is not None and fault.name in DELAYS:
            await asyncio.sleep(fault.ms / 1000)
        elif fault is not None and fault.name == "stale_snapshot":
            return self._depth_before.get(ask.query, Answer(200, OLDEST_DEPTH))
        elif fault is not None and fault.name in RESETS:
            abort(request)
        elif fault is not None and fault.name == "trade_between_reads":
            self._runtime.fill_oldest(ask.api_key or "", fault.symbol)
        elif fault is not None and fault.name == HEADER:
            return replace(reply, headers={**reply.headers, fault.field: fault.value})
        elif fault is not None and fault.name == ANSWER:
            return replace(reply, body=altered_answer(self._runtime.faults, fault, reply.body))
        elif fault is not None:
            return faulty_answer(fault, self._runtime.now_ms())
        if ask.path == DEPTH_PATH and reply.status == 200:
            self._keep_depth(ask.query, reply)
        return reply

    def _keep_depth(self, query: str, reply: Answer) -> None:
        self._depth_before.pop(query, None)
        self._depth_before[query] = reply
        if len(self._depth_before) > MOST_DEPTH_QUERIES:
            del self._depth_before[next(iter(self._depth_before))]

    async def _socket(self, request: web.BaseRequest, path: str, query: str) -> web.StreamResponse:
        if path in WS_API_PATHS:
            return await self._ws_api(request, query)
        opening = opening_of(path, query)
        if opening is None:
            return _response(refused(VenueError(-5000, path, request.method)))
        if len(set(opening.names)) > MOST_STREAMS:
            return web.Response(status=400, text=f"more than {MOST_STREAMS} streams\n")
        socket = await _opened(request)
        await self._converse(request, opening, socket)
        return socket

    async def _converse(self, request: web.BaseRequest, opening: Opening, socket: web.WebSocketResponse) -> None:
        """Serves an open socket until it ends; where the serving itself fails, the socket is cut."""
        try:
            await Connection(opening, socket, self._runtime.hub, self._runtime.settings).run(request)
        except Exception:
            _LOG.exception("a socket of %s failed", request.path)
            abort(request)

    async def _ws_api(self, request: web.BaseRequest, query: str) -> web.StreamResponse:
        """The WS-API's handshake costs weight, and is refused as a request is."""
        runtime, address = self._runtime, request.remote or HOME
        now_ms = runtime.now_ms()
        if runtime.faults.standing("ws_api_down") is not None:
            return _response(UNAVAILABLE_ANSWER)
        try:
            check_address_faults(runtime.faults, address, now_ms, runtime.steady_ms)
        except VenueError as refusal:
            return _response(refused(refusal))
        try:
            runtime.rate_limits.check_ban(address, now_ms)
            runtime.rate_limits.spend(WEIGHT, HANDSHAKE_WEIGHT, now_ms, address)
        except VenueError as refusal:
            runtime.rate_limits.offend(address, now_ms)
            return _response(refused(refusal))
        returns_limits = dict(parse_qsl(query)).get("returnRateLimits", "true") != "false"
        session = Session(runtime, address, returns_limits=returns_limits)
        socket = await _opened(request)
        if request.transport is None:
            return socket
        try:
            await WsApiSocket(runtime, socket, session, request.transport).run()
        except Exception:
            _LOG.exception("a socket of the WS-API failed")
            abort(request)
        return socket


def _is_ours(path: str) -> bool:
    """Whether it is no path of the venue, but of whoever runs the drill."""
    return path.startswith("/local/") or page_file(path) is not None


async def _opened(request: web.BaseRequest) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(autoping=False, compress=False, max_msg_size=MOST_BYTES_OF_A_MESSAGE)
    await socket.prepare(request)
    return socket


def _response(reply: Answer) -> web.Response:
    return web.Response(status=reply.status, body=reply.body, headers=reply.headers, content_type=reply.content_type)
