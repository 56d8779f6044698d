"""The aiohttp shell: bytes in, bytes out, and the weather that faults make around an answer."""

import asyncio
import logging

from aiohttp import web

from connector.simulator.addresses import opening_of
from connector.simulator.answers import Answer, Ask, answer, local_answer, refused
from connector.simulator.connection import MOST_STREAMS, Connection, Opening, drop
from connector.simulator.depth_feed import frame_of
from connector.simulator.faults import Armed, Moment
from connector.simulator.floor import TradingFloor
from connector.simulator.local_routes import is_loopback
from connector.simulator.pace import WEIGHT
from connector.simulator.refusals import Refusal

_LOG = logging.getLogger(__name__)
UNKNOWN_ERROR = "Unknown error, please check your request or try again later."
UNKNOWN_ANSWER = Answer(503, frame_of({"code": -1000, "msg": UNKNOWN_ERROR}))
#: What was the book before anything happened: the oldest answer there can be.
OLDEST_DEPTH = frame_of({"lastUpdateId": 1, "E": 0, "T": 0, "bids": [], "asks": []})
DEPTH_PATH = "/fapi/v1/depth"
#: Depth queries whose last answer is kept for `stale_snapshot`.
MOST_DEPTH_QUERIES = 64


class Doors:
    """Every request of the one port comes through `handle`.

    What nobody foresaw is logged, and answered as the venue answers what it can't tell the outcome of: 503, -1000.
    """

    def __init__(self, floor: TradingFloor) -> None:
        self._floor = floor
        self._depth_before: dict[str, Answer] = {}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path, _, query = request.raw_path.partition("?")
        try:
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return await self._socket(request, path, query)
            return await self._answered(request, path, query)
        except web.HTTPException:
            raise
        except Exception:
            _LOG.exception("%s %s failed", request.method, path)
            return _response(UNKNOWN_ANSWER)

    async def _answered(self, request: web.Request, path: str, query: str) -> web.Response:
        body = (await request.read()).decode(errors="surrogateescape")
        ask = Ask(request.method, path, query, body, request.headers.get("X-MBX-APIKEY"))
        if path.startswith("/local/"):
            return self._local(request, ask)
        before = self._floor.faults.take_request(Moment.BEFORE, ask.method, path)
        if before is not None:
            return self._spoiled(request, before)
        reply = answer(self._floor, ask)
        return _response(await self._after(request, ask, reply))

    def _local(self, request: web.Request, ask: Ask) -> web.Response:
        if not is_loopback(request.headers.get("Host"), request.headers.get("Origin")):
            return web.Response(status=403, text="only for programs of this machine\n")
        return _response(local_answer(self._floor, ask))

    def _spoiled(self, request: web.Request, fault: Armed) -> web.Response:
        """The answer to a request that a fault keeps from being executed, or whose answer it spoils."""
        if fault.name.startswith("reset_"):
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        return _response(spoiled_answer(fault, self._floor.now_ms()))

    async def _after(self, request: web.Request, ask: Ask, reply: Answer) -> Answer:
        """The answer as it is sent, after what a fault does to it."""
        fault = self._floor.faults.take_request(Moment.AFTER, ask.method, ask.path)
        if fault is not None and fault.name in ("event_before_ack", "slow_snapshot"):
            await asyncio.sleep(fault.ms / 1000)
        elif fault is not None and fault.name == "stale_snapshot":
            return self._depth_before.get(ask.query, Answer(200, OLDEST_DEPTH))
        elif fault is not None and fault.name == "reset_after_execution":
            if request.transport is not None:
                request.transport.abort()
        elif fault is not None:
            return spoiled_answer(fault, self._floor.now_ms())
        if ask.path == DEPTH_PATH and reply.status == 200:
            self._keep_depth(ask.query, reply)
        return reply

    def _keep_depth(self, query: str, reply: Answer) -> None:
        self._depth_before.pop(query, None)
        self._depth_before[query] = reply
        if len(self._depth_before) > MOST_DEPTH_QUERIES:
            del self._depth_before[next(iter(self._depth_before))]

    async def _socket(self, request: web.Request, path: str, query: str) -> web.StreamResponse:
        opening = opening_of(path, query)
        if opening is None:
            return web.Response(status=404, text="no such stream path\n")
        if len(set(opening.names)) > MOST_STREAMS:
            return web.Response(status=400, text=f"more than {MOST_STREAMS} streams\n")
        socket = web.WebSocketResponse(autoping=False, compress=False, max_msg_size=65_536)
        await socket.prepare(request)
        await self._converse(request, opening, socket)
        return socket

    async def _converse(self, request: web.Request, opening: Opening, socket: web.WebSocketResponse) -> None:
        """Serves an open socket until it ends; where the serving itself fails, the socket is cut."""
        try:
            await Connection(opening, socket, self._floor.hub, self._floor.settings).run(request)
        except Exception:
            _LOG.exception("a socket of %s failed", request.path)
            drop(request)


def _response(reply: Answer) -> web.Response:
    return web.Response(status=reply.status, body=reply.body, headers=reply.headers, content_type="application/json")


def spoiled_answer(fault: Armed, now_ms: int) -> Answer:
    """What a fault makes the exchange say."""
    if fault.name in ("unknown_but_placed", "unknown_not_placed"):
        return UNKNOWN_ANSWER
    if fault.name == "service_unavailable":
        return Answer(503, frame_of({"msg": "Service Unavailable."}))
    if fault.name == "banned":
        text = f"Way too many requests; IP(127.0.0.1) banned until {now_ms + fault.ms}. "
        hint = "Please use the websocket for live updates to avoid bans."
        return Answer(418, frame_of({"code": -1003, "msg": text + hint}))
    if fault.name == "rate_limited":
        return refused(Refusal(-1003, WEIGHT.most, WEIGHT.interval, retry_after_s=max(1, -(-fault.ms // 1000))))
    return refused(Refusal(-1007 if fault.name == "timeout_1007" else -1008))
