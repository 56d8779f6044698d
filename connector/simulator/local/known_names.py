"""What an exchange with certain contracts has by name: its streams and its requests, for whoever names one."""

from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache

from connector.simulator.fault_injection.fault_terms import Known
from connector.simulator.rest.routes import ROUTES
from connector.simulator.streams.stream_names import stream_named, streams_of


def known_names(
    symbols: Collection[str], api_keys: Collection[str] | None = None, listen_keys: Collection[str] = ()
) -> Known:
    """Contracts, streams and requests, and keys where there are any yet."""
    return replace(_known(tuple(symbols)), api_keys=api_keys, listen_keys=listen_keys)


@lru_cache(maxsize=8)
def _known(symbols: tuple[str, ...]) -> Known:
    streams = frozenset(streams_of(symbols))
    depth = frozenset(name for name in streams if (stream := stream_named(name)) and stream.kind == "depth")
    return Known(symbols, streams, depth, frozenset(ROUTES))
