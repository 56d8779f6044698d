"""The aiohttp shell: bytes in, bytes out, and the weather that faults make around an answer."""

import asyncio

from aiohttp import web

from connector.simulator.addresses import opening_of
from connector.simulator.answers import Answer, Ask, answer, local_answer, refused
from connector.simulator.connection import Connection
from connector.simulator.depth_feed import frame_of
from connector.simulator.faults import Armed, Moment
from connector.simulator.floor import TradingFloor
from connector.simulator.local_routes import is_loopback
from connector.simulator.refusals import Refusal

UNKNOWN_ERROR = "Unknown error, please check your request or try again later."
#: What was the book before anything happened: the oldest answer there can be.
OLDEST_DEPTH = frame_of({"lastUpdateId": 1, "E": 0, "T": 0, "bids": [], "asks": []})


class Doors:
    """Every request of the one port comes through `handle`."""

    def __init__(self, floor: TradingFloor) -> None:
        self._floor = floor
        self._depth_before: dict[str, Answer] = {}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path, _, query = request.raw_path.partition("?")
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._socket(request, path, query)
        body = (await request.read()).decode(errors="surrogateescape")
        ask = Ask(request.method, path, query, body, request.headers.get("X-MBX-APIKEY"))
        if path.startswith("/local/"):
            return self._local(request, ask)
        before = self._floor.faults.take_request(Moment.BEFORE, ask.method, path)
        if before is not None:
            return self._spoiled(request, before)
        reply = answer(self._floor, ask)
        reply = await self._after(request, ask, reply)
        return web.Response(
            status=reply.status, body=reply.body, headers=reply.headers, content_type="application/json"
        )

    def _local(self, request: web.Request, ask: Ask) -> web.Response:
        if not is_loopback(request.headers.get("Host"), request.headers.get("Origin")):
            return web.Response(status=403, text="only for programs of this machine\n")
        reply = local_answer(self._floor, ask)
        return web.Response(status=reply.status, body=reply.body, content_type="application/json")

    def _spoiled(self, request: web.Request, fault: Armed) -> web.Response:
        """The answer to a request that a fault keeps from being executed, or whose answer it spoils."""
        if fault.name.startswith("reset_"):
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        reply = spoiled_answer(fault, self._floor.now_ms())
        return web.Response(
            status=reply.status, body=reply.body, headers=reply.headers, content_type="application/json"
        )

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
        if ask.path.endswith("/depth"):
            self._depth_before = {ask.query: reply}
        return reply

    async def _socket(self, request: web.Request, path: str, query: str) -> web.StreamResponse:
        opening = opening_of(path, query)
        if opening is None:
            return web.Response(status=404, text="no such stream path\n")
        socket = web.WebSocketResponse(autoping=False, compress=False, max_msg_size=65_536)
        await socket.prepare(request)

        def cut() -> None:
            if request.transport is not None:
                request.transport.abort()

        await Connection(opening, socket, self._floor.hub, self._floor.settings).run(cut)
        return socket


def spoiled_answer(fault: Armed, now_ms: int) -> Answer:
    """What a fault makes the exchange say."""
    if fault.name in ("unknown_but_placed", "unknown_not_placed"):
        return Answer(503, frame_of({"code": -1000, "msg": UNKNOWN_ERROR}))
    if fault.name == "service_unavailable":
        return Answer(503, frame_of({"msg": "Service Unavailable."}))
    if fault.name == "banned":
        text = f"Way too many requests; IP(127.0.0.1) banned until {now_ms + fault.ms}. "
        hint = "Please use the websocket for live updates to avoid bans."
        return Answer(418, frame_of({"code": -1003, "msg": text + hint}))
    if fault.name == "rate_limited":
        return refused(Refusal(-1003, 2400, retry_after_s=max(1, -(-fault.ms // 1000))))
    return refused(Refusal(-1007 if fault.name == "timeout_1007" else -1008))
