"""What an exchange with certain contracts has by name: its streams and its requests, for whoever names one."""

from collections.abc import Collection
from functools import lru_cache

from connector.simulator.fault_injection.fault_terms import Known
from connector.simulator.rest.routes import ROUTES
from connector.simulator.streams.stream_names import streams_of


def known_names(symbols: Collection[str]) -> Known:
    """Contracts, streams and requests."""
    return _known(tuple(symbols))


@lru_cache(maxsize=8)
def _known(symbols: tuple[str, ...]) -> Known:
    return Known(symbols, frozenset(streams_of(symbols)), frozenset(ROUTES))
