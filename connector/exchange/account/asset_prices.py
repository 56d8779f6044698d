"""What fees are worth that are not paid in the margin asset, at the time of their fills.

The venue takes fees in BNB where that is wanted and there is enough of it ("BNB fee discount"). While the wallet holds
some, its index price and those of the margin assets are read every few seconds; a fill is valued by the reading nearest
to it, one that was heard of late by the index price of its minute.
"""

import logging
from collections import OrderedDict, deque
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from connector.core.amounts import NAN
from connector.core.clock import Clock
from connector.core.faults import ConnectorFault
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.beat import beat
from connector.wire.price_replies import IndexPrice

_LOG = logging.getLogger(__name__)
_STEP_S: Final = 1.0
_EVERY_MS: Final = 5_000
#: A reading further away from a fill says nothing of it.
_NEAR_MS: Final = 30_000
_KEPT: Final = 120
#: Of the venue's history.
_KEPT_MINUTES: Final = 1_024
_MINUTE_MS: Final = 60_000
_LISTED_EVERY_MS: Final = 3_600_000


class AssetPrices:
    """Prices of assets in one another. `run` runs until cancelled."""

    def __init__(self, api: VenueApi, clock: Clock, wanted: Callable[[], frozenset[str]]) -> None:
        """`wanted`: the assets whose prices are needed now."""
        self._api = api
        self._clock = clock
        self._wanted = wanted
        self._readings: dict[str, deque[IndexPrice]] = {}
        self._read_ms = -_EVERY_MS
        #: By pair: its symbol, None where it was not listed, and when that was asked, by the steady clock.
        self._symbols: dict[str, tuple[str | None, int | None]] = {}
        #: Of the venue's history, by symbol and minute, the oldest answer first.
        self._minutes: OrderedDict[tuple[str, int], Decimal] = OrderedDict()

    async def run(self) -> None:
        while True:
            now_ms = self._clock.monotonic_ms()
            if now_ms - self._read_ms >= _EVERY_MS and (wanted := self._wanted()):
                self._read_ms = now_ms
                try:
                    await self._read(wanted)
                except ConnectorFault as fault:
                    _LOG.info("reading index prices: %s", fault)
            await beat(_STEP_S)

    def price(self, asset: str, in_asset: str, at_ms: int) -> Decimal:
        """What one unit was worth at a time of the venue's clock, by a reading near it; NaN without one."""
        if asset == in_asset:
            return Decimal(1)
        one, other = self._near(asset, at_ms), self._near(in_asset, at_ms)
        return NAN if one is None or other is None else one / other

    async def price_then(self, asset: str, in_asset: str, at_ms: int) -> Decimal:
        """The same by the venue's own history where there is no reading; NaN where no pair of the two is listed. Raises
        `ConnectorFault`."""
        price = self.price(asset, in_asset, at_ms)
        if not price.is_nan():
            return price
        symbol = await self._symbol(f"{asset}-{in_asset}")
        if symbol is None:
            return NAN
        minute = symbol, at_ms // _MINUTE_MS
        if minute not in self._minutes:
            told = await self._api.index_price_at(symbol, at_ms)
            if told is None:
                return NAN
            self._minutes[minute] = told.price
            if len(self._minutes) > _KEPT_MINUTES:
                self._minutes.popitem(last=False)
        return self._minutes[minute]

    async def _symbol(self, pair: str) -> str | None:
        """A pair's symbol, None where it is not listed; the list is asked once, for an unlisted one seldom again."""
        now_ms = self._clock.monotonic_ms()
        known, asked_ms = self._symbols.get(pair, (None, None))
        if known is None and (asked_ms is None or now_ms - asked_ms >= _LISTED_EVERY_MS):
            rule = (await self._api.instruments()).rules.get(pair)
            known = None if rule is None else rule.symbol
            self._symbols[pair] = known, now_ms
        return known

    async def _read(self, wanted: frozenset[str]) -> None:
        for asset in sorted(wanted):
            reading = await self._api.asset_index(asset)
            self._readings.setdefault(asset, deque(maxlen=_KEPT)).append(reading)

    def _near(self, asset: str, at_ms: int) -> Decimal | None:
        readings = self._readings.get(asset, ())
        nearest = min(readings, key=lambda reading: abs(reading.time_ms - at_ms), default=None)
        return nearest.price if nearest is not None and abs(nearest.time_ms - at_ms) <= _NEAR_MS else None
