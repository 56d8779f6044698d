"""Candles under the connector's names: Hummingbot's own feed of the venue, with the hosts of the domain."""

import logging
from typing import Any

from connector.venue.domains import Domain

_LOG = logging.getLogger(__name__)


def register_candles(name: str, domain: Domain) -> None:
    """Makes its factory know the name, where it keeps a table of them; of a local exchange at its present address.
    Where the factory itself can't be loaded, for want of a package of another venue's, nobody can ask it."""
    try:
        from hummingbot.data_feed.candles_feed.candles_factory import CandlesFactory
    except ImportError as error:
        _LOG.debug("no candles: %s", error)
        return
    table: Any = getattr(CandlesFactory, "_candles_map", None)
    if isinstance(table, dict):
        table[name] = _candles_at(name, domain)


def _candles_at(connector_name: str, domain: Domain) -> Any:
    from hummingbot.data_feed.candles_feed.binance_perpetual_candles import BinancePerpetualCandles

    class CandlesOfDomain(BinancePerpetualCandles):
        """Those of one domain."""

        @property
        def name(self) -> str:
            return f"{connector_name}_{self._trading_pair}"

        @property
        def rest_url(self) -> str:
            return domain.rest

        @property
        def wss_url(self) -> str:
            return f"{domain.stream}/market/stream"

    return CandlesOfDomain
