"""Who looks on at a run: what was asked for beside the trading, begun with it and ended with it."""

import contextlib
import os
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Annotated

import typer

from connector.bot.home import Home
from connector.bot.records.marks import MarkKeeper, StrategyMark
from connector.bot.service_manager import ServiceManager
from connector.bot.watched_run import WatchedRun
from connector.core.clock import Clock
from connector.core.faults import ConfigFault, ConnectorFault

MetricsOption = Annotated[
    int | None,
    typer.Option(metavar="PORT", min=0, max=65535, help="Figures for Prometheus, on loopback; 0: a free one."),
]
NotifyOption = Annotated[
    str | None, typer.Option(metavar="KIND,…", help="Messages about these (usual, all, …), by conf/notify-addresses.")
]
PageOption = Annotated[bool, typer.Option("--page", help="A page of the run, on loopback, by the link that is told.")]
PagePortOption = Annotated[int, typer.Option(metavar="PORT", min=0, max=65535, help="Of the page; 0: a free one.")]
PageControlOption = Annotated[
    bool, typer.Option("--page-control", help="A page that may pause what opens, and stop the run.")
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for."""

    #: The home, which keeps tokens and addresses.
    folders: Home
    #: Where Prometheus reads; 0 picks a free one, None: nowhere.
    metrics_port: int | None = None
    #: What messages are sent about; None: none are.
    notify: str | None = None
    #: Whether a page shows it, and where; 0 picks a free port.
    page: bool = False
    page_port: int = 0
    #: Whether that page may pause and stop it.
    page_control: bool = False
    #: Whether a person reads what is said, and nothing else keeps it.
    is_at_terminal: bool = False
    #: What runs, for history and report; none: nothing is kept for them.
    strategies: tuple[StrategyMark, ...] = ()


@contextlib.asynccontextmanager
async def watched_by(wanted: Wanted, clock: Clock, say: Callable[[str], None]) -> AsyncIterator[WatchedRun]:
    """What is asked for looks on for as long as the block lasts. Raises `ConfigFault` for what can't be had."""
    watched = WatchedRun()
    async with ServiceManager(watched, os.environ).told(), contextlib.AsyncExitStack() as stack:
        if wanted.metrics_port is not None:
            await stack.enter_async_context(_metrics(wanted, wanted.metrics_port, watched, say))
        if wanted.notify is not None:
            await stack.enter_async_context(_messages(wanted, wanted.notify, watched, clock, say))
        if wanted.page or wanted.page_control:
            await stack.enter_async_context(_page(wanted, watched, clock, say))
        if wanted.strategies:
            await stack.enter_async_context(MarkKeeper(watched, wanted.strategies).keeping())
        yield watched


@contextlib.asynccontextmanager
async def _metrics(wanted: Wanted, port: int, watched: WatchedRun, say: Callable[[str], None]) -> AsyncIterator[None]:
    require_extra("prometheus_client", "--metrics", "metrics")
    from connector.bot.metrics.endpoint import TOKEN_FILE, MetricsEndpoint, token_at

    endpoint = MetricsEndpoint(watched, port, token_at(wanted.folders.data))
    async with endpoint.serving():
        say(f"metrics: {endpoint.address}, for who has the token of {wanted.folders.data / TOKEN_FILE}")
        yield


@contextlib.asynccontextmanager
async def _messages(
    wanted: Wanted, about: str, watched: WatchedRun, clock: Clock, say: Callable[[str], None]
) -> AsyncIterator[None]:
    require_extra("apprise", "--notify", "notify")
    from connector.bot.notify.address_file import address_file
    from connector.bot.notify.kinds import Kind, kinds_of
    from connector.bot.notify.notifier import Notifier
    from connector.bot.notify.sender_process import SenderProcess

    kinds = kinds_of(about)
    sender = SenderProcess(address_file(wanted.folders.conf, os.environ))
    await sender.begin()
    notifier = Notifier(sender, kinds, clock, say)
    watched.watch(notifier.watch)
    async with notifier.sending():
        try:
            yield
        except ConnectorFault as fault:
            notifier.tell(Kind.RUN, f"the run ended: {fault}")
            raise
        except BaseException:
            notifier.tell(Kind.RUN, "the run ended by a defect; the log holds the details")
            raise
        notifier.tell(Kind.RUN, "the run ended in order")


@contextlib.asynccontextmanager
async def _page(wanted: Wanted, watched: WatchedRun, clock: Clock, say: Callable[[str], None]) -> AsyncIterator[None]:
    from connector.bot.page.link_file import LinkFile
    from connector.bot.page.run_page import RunPage

    page = RunPage(watched, wanted.page_port, clock, controls=wanted.page_control)
    async with page.serving():
        if wanted.is_at_terminal:
            say(f"page: {page.link}")
            yield
            return
        # Who keeps what is said, such as a journal of the system, is not to keep the link.
        with LinkFile(wanted.folders.data).holding(page.link) as path:
            say(f"page: {page.address}, by the link in {path}")
            yield


def require_extra(module: str, option: str, extra: str) -> None:
    """Raises `ConfigFault` where a package of an extra is not installed."""
    if find_spec(module) is None:
        remedy = f'{sys.executable} -m pip install "perpetual-connector[{extra}]"'
        raise ConfigFault(option, module.replace("_", "-"), "is not installed", remedy)
