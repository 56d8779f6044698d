"""The local exchange as a server on loopback: one port for REST, all streams and the WS-API."""

import asyncio
import contextlib
from collections.abc import Callable
from decimal import Decimal
from types import TracebackType
from typing import TypeVar

from aiohttp import web

from connector.simulator.doors import Doors
from connector.simulator.engine import Engine
from connector.simulator.faults import Faults
from connector.simulator.floor import TradingFloor
from connector.simulator.keys import Pair, Rights
from connector.simulator.members import Member
from connector.simulator.porter import Gate
from connector.simulator.refusals import HOME
from connector.simulator.settings import SimulatorSettings

#: These bind every address that the machine has.
EVERY_ADDRESS = ("0.0.0.0", "::")
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
        self._beat: asyncio.Task[None] | None = None
        self.floor = TradingFloor(self.settings)

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
    def _told_host(self) -> str:
        """The host that addresses are told with: loopback where every address of the machine is bound."""
        host = self.settings.host
        if host in EVERY_ADDRESS:
            return HOME
        return f"[{host}]" if ":" in host else host

    @property
    def rest(self) -> str:
        return f"http://{self._told_host}:{self._port}"

    @property
    def stream(self) -> str:
        return f"ws://{self._told_host}:{self._port}"

    @property
    def ws_api(self) -> str:
        return f"ws://{self._told_host}:{self._port}/ws-fapi/v1"

    @property
    def api_key(self) -> str:
        return self.floor.member.api_key

    @property
    def api_secret(self) -> str:
        return self.floor.member.api_secret

    @property
    def account_id(self) -> int:
        """The ready-made account's number at the engine."""
        return self.floor.member.account_id

    @property
    def engine(self) -> Engine:
        return self.floor.engine

    @property
    def faults(self) -> Faults:
        return self.floor.faults

    def admit(self, deposit: Decimal, pair: Pair | None = None, rights: Rights | None = None) -> Member:
        """A further account with that many USDT; its key is an HMAC one, or signs with `pair`."""
        return self.floor.admit(deposit, pair, rights)

    def act(self, action: Callable[[Engine, int], Result]) -> Result:
        """Works on the engine directly, at the present time; streams hear of it at once."""
        return self.floor.act(action)

    async def start(self) -> None:
        """Opens the port and starts the pulse. OSError when the port is taken."""
        if self._runner is not None:
            raise RuntimeError("the exchange runs already")
        runner = web.ServerRunner(Gate(Doors(self.floor).handle), shutdown_timeout=0)
        await runner.setup()
        try:
            site = web.TCPSite(runner, self.settings.host, self._port, reuse_address=True)
            await site.start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self._port = int(runner.addresses[0][1])
        self.floor.pulse()
        self._beat = asyncio.create_task(self._pulse())

    async def stop(self) -> None:
        """Ends abruptly: sockets are cut, nothing is said. Raises what broke the pulse, if anything did."""
        if self._runner is None or self._beat is None:
            return
        runner, beat = self._runner, self._beat
        self._runner = self._beat = None
        beat.cancel()
        self.floor.hub.cut_all()
        await runner.cleanup()
        with contextlib.suppress(asyncio.CancelledError):
            await beat

    async def broken(self) -> None:
        """Returns only if the pulse breaks, which it never should; `stop` then raises why."""
        if self._beat is not None:
            await asyncio.wait({self._beat})

    async def restart(self) -> None:
        """A new life on the same port."""
        await self.stop()
        self.floor = TradingFloor(self.settings)
        await self.start()

    async def _pulse(self) -> None:
        clock = self.settings.clock
        while True:
            began_ms = clock.monotonic_ms()
            self.floor.pulse()
            took_ms = clock.monotonic_ms() - began_ms
            await asyncio.sleep(max(0, self.settings.pulse_ms - took_ms) / 1000)
