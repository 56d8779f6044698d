"""Where Prometheus reads: `/metrics` on this machine, for who has the token. Figures are read when it asks."""

import asyncio
import contextlib
import hmac
import secrets
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

from aiohttp import web
from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from connector import __version__
from connector.bot.loopback_server import LoopbackServer
from connector.bot.metrics.account_figures import account_figures
from connector.bot.metrics.confirm_times import ConfirmTimes
from connector.bot.metrics.families import gauge, one
from connector.bot.metrics.hop_figures import hop_figures
from connector.bot.metrics.loop_delay import LoopDelay
from connector.bot.metrics.market_figures import market_figures
from connector.bot.metrics.order_figures import order_figures
from connector.bot.report.status_source import StatusSource
from connector.bot.watched_run import WatchedRun
from connector.core.faults import ConfigFault, KeyStoreFault
from connector.core.twins import TWINS_IN_USE
from connector.keys.private_files import PrivateFiles

OPTION = "--metrics"
PATH = "/metrics"
#: Who reads the figures has to show it: they tell what the account holds.
TOKEN_FILE = "metrics-token"
_TOKEN_BYTES = 24


def token_at(folder: Path) -> str:
    """The token that is kept in a folder of the home, made once, mode 0600. Raises `ConfigFault`."""
    path, files = folder / TOKEN_FILE, PrivateFiles()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            files.write(path, secrets.token_urlsafe(_TOKEN_BYTES).encode())
        token = files.read(path).decode("ascii", "replace").strip()
    except KeyStoreFault as fault:
        raise ConfigFault(OPTION, path, str(fault)) from fault
    except OSError as error:
        raise ConfigFault(OPTION, path, f"cannot be used: {error.strerror or error}", "remove the file") from error
    if len(token) < _TOKEN_BYTES:
        raise ConfigFault(OPTION, path, "holds no token", "remove the file: the next run makes one")
    return token


class _Run(Collector):
    """The families of what runs now."""

    def __init__(self, watched: WatchedRun) -> None:
        self._watched = watched

    def collect(self) -> Iterable[Metric]:
        labels = ("version", "twins")
        yield gauge("info", "The program.", labels, [((__version__, TWINS_IN_USE), 1.0)])
        yield gauge("epochs", "Epochs of an exchange that began in this run.", (), one(self._watched.epochs))
        epoch = self._watched.epoch
        yield gauge("trading", "1 while there is an exchange that it trades at.", (), one(float(epoch is not None)))
        if epoch is not None:
            yield from market_figures(epoch)
            yield from account_figures(epoch)
            yield from order_figures(epoch)
            yield from hop_figures(epoch)


def _time_hops(epoch: StatusSource) -> None:
    epoch.connector.time_hops()


class _Read(Collector):
    """What was read, to be written out in a thread of its own."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


class MetricsEndpoint:
    """The figures of one run."""

    def __init__(self, watched: WatchedRun, port: int, token: str) -> None:
        """`port`: 0 picks a free one."""
        self._token = token
        self._registry = CollectorRegistry()
        self._registry.register(_Run(watched))
        self._delay = LoopDelay(self._registry)
        watched.watch(ConfirmTimes(self._registry).watch)
        watched.watch(_time_hops)
        ProcessCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        self._server = LoopbackServer(OPTION, port, self._answer)

    @property
    def address(self) -> str:
        """Where they are read, once it serves."""
        return f"{self._server.address}{PATH}"

    def families(self) -> list[Metric]:
        """Every figure as it stands now."""
        return list(self._registry.collect())

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """For as long as the block lasts. Raises `ConfigFault` for a port that can't be had."""
        async with self._server.serving(), self._delay.measured():
            yield

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path != PATH:
            raise web.HTTPNotFound
        if request.method not in ("GET", "HEAD"):
            raise web.HTTPMethodNotAllowed(request.method, ("GET", "HEAD"))
        shown = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(shown, f"Bearer {self._token}".encode()):
            refusal = web.Response(status=401, text=f"the token of data/{TOKEN_FILE} is asked for\n")
            refusal.headers["WWW-Authenticate"] = "Bearer"
            return refusal
        encoder, kind = choose_encoder(request.headers.get("Accept", ""))
        registry = CollectorRegistry()
        registry.register(_Read(self.families()))
        body = await asyncio.to_thread(encoder, registry)
        return web.Response(body=body, headers={"Content-Type": kind})
