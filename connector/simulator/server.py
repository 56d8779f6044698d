"""The local exchange as a server on loopback: one port for REST, all streams and the WS-API."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from decimal import Decimal
from types import TracebackType
from typing import TypeVar

from aiohttp import web

from connector.core.faults import failure_text
from connector.simulator.access.api_keys import ApiKey
from connector.simulator.access.loopback import HOME
from connector.simulator.access.signatures import Pair, Rights
from connector.simulator.clock import wait_ms
from connector.simulator.engine import Engine
from connector.simulator.fault_injection.faults import Faults
from connector.simulator.http_handler import HttpHandler
from connector.simulator.http_server import HttpServer
from connector.simulator.runtime import Runtime
from connector.simulator.settings import SimulatorSettings

_LOG = logging.getLogger(__name__)
#: These bind every address that the machine has.
EVERY_ADDRESS = ("0.0.0.0", "::")
#: However much is due, others get their turn.
LEAST_PAUSE_MS = 1
#: How long requests wait for the market and the streams at most.
TURN_S = 0.0005
#: Rounds of the loop in which a request that has come is read, carried out and answered.
ROUNDS = 3
Result = TypeVar("Result")


class LocalExchange:
    """A whole exchange in this process: `async with LocalExchange(SimulatorSettings()) as venue: ...`.

    `stop` and `start` is an outage: the same life comes back on the same port. `restart` begins a new life there,
    with new keys and empty books.
    """

    def __init__(self, settings: SimulatorSettings | None = None) -> None:
        self.settings = settings or SimulatorSettings()
        self._port = self.settings.port
        self._runner: web.ServerRunner | None = None
        self._site: web.TCPSite | None = None
        self._beat: asyncio.Task[None] | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._over = asyncio.Event()
        self.runtime = Runtime(self.settings)

    async def __aenter__(self) -> "LocalExchange":
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def port(self) -> int:
        return self._port

    @property
    def _shown_host(self) -> str:
        """The host that addresses are told with: loopback where every address of the machine is bound."""
        host = self.settings.host
        if host in EVERY_ADDRESS:
            return HOME
        return f"[{host}]" if ":" in host else host

    @property
    def rest(self) -> str:
        return f"http://{self._shown_host}:{self._port}"

    @property
    def stream(self) -> str:
        return f"ws://{self._shown_host}:{self._port}"

    @property
    def ws_api(self) -> str:
        return f"ws://{self._shown_host}:{self._port}/ws-fapi/v1"

    @property
    def api_key(self) -> str:
        return self.runtime.default_key.api_key

    @property
    def api_secret(self) -> str:
        return self.runtime.default_key.api_secret

    @property
    def account_id(self) -> int:
        """The ready-made account's number at the engine."""
        return self.runtime.default_key.account_id

    @property
    def engine(self) -> Engine:
        return self.runtime.engine

    @property
    def faults(self) -> Faults:
        return self.runtime.faults

    def admit(self, deposit: Decimal, pair: Pair | None = None, rights: Rights | None = None) -> ApiKey:
        """A further account with that many USDT; its key is an HMAC one, or signs with `pair`."""
        return self.runtime.admit(deposit, pair, rights)

    def act(self, action: Callable[[Engine, int], Result]) -> Result:
        """Works on the engine directly, at the present time; streams hear of it at once."""
        return self.runtime.act(action)

    async def start(self) -> None:
        """Opens the port and starts the pulse. OSError when the port is taken."""
        if self._runner is not None:
            raise RuntimeError("the exchange runs already")
        runner = web.ServerRunner(HttpServer(HttpHandler(self.runtime).handle), shutdown_timeout=0)
        await runner.setup()
        try:
            await self._open_port(runner)
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self._port = int(runner.addresses[0][1])
        self.runtime.pulse()
        self._beat = asyncio.create_task(self._pulse())
        self._keeper = asyncio.create_task(self._keep()) if self.settings.state else None

    async def stop(self) -> None:
        """Ends abruptly: sockets are cut, nothing is said. Raises what broke the pulse, if anything did."""
        if self._runner is None or self._beat is None:
            return
        runner, beat = self._runner, self._beat
        self._runner = self._beat = None
        for task in (beat, self._keeper):
            if task is not None:
                task.cancel()
        self.runtime.hub.cut_all()
        await runner.cleanup()
        if self._keeper is not None:
            await asyncio.wait({self._keeper})
        with contextlib.suppress(asyncio.CancelledError):
            await beat

    async def broken(self) -> None:
        """Returns only if the pulse breaks, which it never should; `stop` then raises why."""
        if self._beat is not None:
            await asyncio.wait({self._beat})

    async def market_over(self) -> str:
        """Returns the notice when the market has come to its end; of most there is none."""
        await self._over.wait()
        return self.runtime.notice

    async def restart(self) -> None:
        """A new life on the same port; with a state file, the life that it holds."""
        await self.stop()
        self.runtime.close()
        self._over.clear()
        self.runtime = Runtime(self.settings)
        await self.start()

    async def _open_port(self, runner: web.ServerRunner) -> None:
        site = web.TCPSite(runner, self.settings.host, self._port, reuse_address=True)
        await site.start()
        self._site = site

    async def _heed_outage(self) -> None:
        """Closes the port while an outage refuses connections; where it is taken meanwhile, it is tried again."""
        outage, runner = self.faults.standing("outage"), self._runner
        is_refusing = outage is not None and outage.answer == "refused"
        if is_refusing and self._site is not None:
            site, self._site = self._site, None
            await site.stop()
        elif not is_refusing and self._site is None and runner is not None:
            try:
                await self._open_port(runner)
            except OSError as error:
                _LOG.warning("the port can't be opened again yet: %s", failure_text(error))

    async def _pulse(self) -> None:
        """Does what is due by time; after each turn those who asked for something are answered."""
        clock, runtime, loop = self.settings.clock, self.runtime, asyncio.get_running_loop()
        turn_ends = loop.time() + TURN_S
        for is_busy in runtime.pieces():
            if is_busy and loop.time() < turn_ends:
                continue
            if is_busy:
                for _ in range(ROUNDS):
                    await asyncio.sleep(0)
            else:
                await wait_ms(clock, max(runtime.next_ms() - clock.monotonic_ms(), LEAST_PAUSE_MS))
            await self._heed_outage()
            if runtime.notice:
                self._over.set()
            turn_ends = loop.time() + TURN_S

    async def _keep(self) -> None:
        """Keeps the state every few seconds; a disk that is full for once is told, and tried again."""
        while True:
            await asyncio.sleep(self.settings.state_every_s)
            try:
                await self.runtime.keep_aside()
            except OSError as error:
                _LOG.warning("the state can't be kept: %s", failure_text(error))
