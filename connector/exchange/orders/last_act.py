"""The last act, whatever broke before: own orders are cancelled by the ids we know, and those that may live are named.

It stands on as little as can be: an order's name, a signature and a socket. Answers are not read beyond "yes" and "no
such order"; where even the gateway fails by a defect, a request goes out past it. What each step raises is logged, and
keeps no other order from being cancelled.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable

from connector.core.clock import Clock
from connector.core.faults import ConnectorFault, Fate, Fault
from connector.exchange.account.venue_api import VenueApi
from connector.net.gateway import Gateway
from connector.net.http import NoAnswer
from connector.orders.tracker import Tracker
from connector.venue import endpoints
from connector.wire import requests

_LOG = logging.getLogger(__name__)
_AGAIN_S = 0.5
_AT_ONCE = 8


class LastAct:
    """Cancels own orders of any symbol; orders of others are never touched."""

    def __init__(self, gateway: Gateway, api: VenueApi, tracker: Tracker, clock: Clock) -> None:
        self._gateway = gateway
        self._api = api
        self._tracker = tracker
        self._clock = clock
        self._at_once = asyncio.Semaphore(_AT_ONCE)

    async def cancel_all(self, symbols: Iterable[str], is_ours: Callable[[str], bool], within_s: float) -> list[str]:
        """Cancels until nothing is left or time is up; returns the client ids of what may live. Raises nothing.

        An order that the venue has never acknowledged may still be on its way: that none is found proves nothing, and
        it is asked for until time is up.
        """
        left = self._known()
        listed = False
        try:
            async with asyncio.timeout(within_s):
                while True:
                    names = list(left)
                    over = await asyncio.gather(*(self._is_over(name, *left[name]) for name in names))
                    left = {name: left[name] for name, is_over in zip(names, over, strict=True) if not is_over}
                    if not listed:
                        listed, found = await self._listed(symbols, is_ours)
                        left |= found
                    if listed and not left:
                        return []
                    await asyncio.sleep(_AGAIN_S)
        except TimeoutError:
            return sorted(left)

    def _known(self) -> dict[str, tuple[str, bool]]:
        """Symbol, and whether the venue was seen to have it, by client id."""
        known: dict[str, tuple[str, bool]] = {}
        try:
            orders = (*self._tracker.active, *self._tracker.ghosts())
            known |= {order.client_order_id: (order.symbol, order.was_seen) for order in orders}
        except Exception:
            _LOG.exception("the tracker does not tell its orders")
        return known

    async def _is_over(self, client_order_id: str, symbol: str, was_seen: bool) -> bool:
        params = requests.order_by_client_id(symbol, client_order_id)
        async with self._at_once:
            try:
                await self._gateway.call(endpoints.CANCEL_ORDER, params)
                return True
            except Fault as fault:
                _LOG.info("last cancel of %s: %s", client_order_id, fault)
                return was_seen and fault.rule.fate is Fate.GONE
            except ConnectorFault as fault:
                _LOG.warning("last cancel of %s: %s", client_order_id, fault)
                return False
            except Exception:
                _LOG.exception("the gateway fails; %s is cancelled past it", client_order_id)
            return await self._is_over_past_the_gateway(params)

    async def _is_over_past_the_gateway(self, params: requests.RequestParams) -> bool:
        try:
            return (await self._gateway.send_bare(endpoints.CANCEL_ORDER, params)).status == 200
        except NoAnswer as silence:
            _LOG.warning("last cancel: %s", silence)
        except Exception:
            _LOG.exception("a bare request fails, too")
        return False

    async def _listed(
        self, symbols: Iterable[str], is_ours: Callable[[str], bool]
    ) -> tuple[bool, dict[str, tuple[str, bool]]]:
        """Whether the venue's own list could be read, and what it has of ours."""
        found: dict[str, tuple[str, bool]] = {}
        try:
            for symbol in tuple(symbols):
                for report in await self._api.open_orders(symbol):
                    if is_ours(report.client_order_id):
                        found[report.client_order_id] = (symbol, True)
        except ConnectorFault as fault:
            _LOG.warning("reading what the exchange lists: %s", fault)
        except Exception:
            _LOG.exception("reading what the exchange lists")
        else:
            return True, found
        return False, found
