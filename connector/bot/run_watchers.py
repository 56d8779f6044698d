"""Who looks on at a run: what was asked for beside the trading, begun with it and ended with it."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from connector.bot.watched_run import WatchedRun
from connector.core.faults import ConfigFault


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for."""

    #: The home's folder that keeps tokens.
    data: Path
    #: Where Prometheus reads; 0 picks a free one, None: nowhere.
    metrics_port: int | None = None


@contextlib.asynccontextmanager
async def watched_by(wanted: Wanted, say: Callable[[str], None]) -> AsyncIterator[WatchedRun]:
    """What is asked for looks on for as long as the block lasts. Raises `ConfigFault` for what can't be had."""
    watched = WatchedRun()
    async with contextlib.AsyncExitStack() as stack:
        if wanted.metrics_port is not None:
            require_extra("prometheus_client", "--metrics", "metrics")
            from connector.bot.metrics.endpoint import MetricsEndpoint, token_at

            endpoint = MetricsEndpoint(watched, wanted.metrics_port, token_at(wanted.data))
            await stack.enter_async_context(endpoint.serving())
            say(f"metrics: {endpoint.address}, for who has the token of {wanted.data / 'metrics-token'}")
        yield watched


def require_extra(module: str, option: str, extra: str) -> None:
    """Raises `ConfigFault` where a package of an extra is not installed."""
    if find_spec(module) is None:
        missing = f"{module.replace('_', '-')} is not installed"
        raise ConfigFault(option, "(on)", missing, f'pip install "perpetual-connector[{extra}]"')
