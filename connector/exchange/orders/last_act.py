"""The last act, whatever broke before: own orders are cancelled by the ids we know, and those that may live are named.

It stands on as little as can be: an order's name, a signature and a request by REST, since the connections of the
WS-API end with the works that keep them. Answers are not read beyond "yes" and "no such order"; where even the gateway
fails by a defect, a request goes out past it. What each step raises is logged, and keeps no other order from being
cancelled.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import NamedTuple

from connector.core.clock import Clock
from connector.core.faults import ConnectorFault, Fate, Fault
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.orders import families
from connector.net.gateway import Gateway
from connector.net.http import NoAnswer
from connector.orders.tracker import Tracker
from connector.venue import endpoints

_LOG = logging.getLogger(__name__)
_AGAIN_S = 0.5
_AT_ONCE = 8


class Known(NamedTuple):
    """What is known of an order that may live."""

    symbol: str
    #: Whether the venue was seen to have it.
    was_seen: bool
    #: Whether it may wait for a trigger.
    is_conditional: bool


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
                    over = await asyncio.gather(*(self._is_over(name, left[name]) for name in names))
                    left = {name: left[name] for name, is_over in zip(names, over, strict=True) if not is_over}
                    if not listed:
                        listed, found = await self._listed(symbols, is_ours)
                        left |= found
                    if listed and not left:
                        return []
                    await asyncio.sleep(_AGAIN_S)
        except TimeoutError:
            return sorted(left)

    def _known(self) -> dict[str, Known]:
        """What is tracked, by client id."""
        known: dict[str, Known] = {}
        try:
            orders = (*self._tracker.active, *self._tracker.ghosts())
            known |= {
                order.client_order_id: Known(order.symbol, order.was_seen, order.trigger is not None)
                for order in orders
            }
        except Exception:
            _LOG.exception("the tracker does not tell its orders")
        return known

    async def _is_over(self, client_order_id: str, known: Known) -> bool:
        """By whichever way there is: one that finds no such order leaves it to the next."""
        ways = families.cancels_by_name(known.symbol, client_order_id, is_conditional=known.is_conditional)
        async with self._at_once:
            for way in ways:
                is_over = await self._is_over_by(way, client_order_id)
                if is_over is not None:
                    return is_over
            return known.was_seen

    async def _is_over_by(self, way: families.Way, client_order_id: str) -> bool | None:
        """None: no such order."""
        try:
            await self._gateway.call(*way, by_rest=True)
            return True
        except Fault as fault:
            _LOG.info("last cancel of %s: %s", client_order_id, fault)
            return None if fault.rule.fate is Fate.GONE else False
        except ConnectorFault as fault:
            _LOG.warning("last cancel of %s: %s", client_order_id, fault)
            return False
        except Exception:
            _LOG.exception("the gateway fails; %s is cancelled past it", client_order_id)
        return await self._is_over_past_the_gateway(way)

    async def _is_over_past_the_gateway(self, way: families.Way) -> bool | None:
        """Where it is not over, the next way is tried: what the answer says is not read here."""
        try:
            is_over = (await self._gateway.send_bare(*way)).status == 200
            return True if is_over or way[0] is not endpoints.CANCEL_ALGO_ORDER else None
        except NoAnswer as silence:
            _LOG.warning("last cancel: %s", silence)
        except Exception:
            _LOG.exception("a bare request fails, too")
        return False

    async def _listed(self, symbols: Iterable[str], is_ours: Callable[[str], bool]) -> tuple[bool, dict[str, Known]]:
        """Whether the venue's own lists could be read, and what they have of ours."""
        found: dict[str, Known] = {}
        try:
            for symbol in tuple(symbols):
                for ask in (self._api.open_orders, self._api.algo.open_orders):
                    for report in await ask(symbol):
                        if is_ours(report.client_order_id):
                            known = Known(symbol, True, report.conditional is not None)
                            found[report.client_order_id] = known
        except ConnectorFault as fault:
            _LOG.warning("reading what the exchange lists: %s", fault)
        except Exception:
            _LOG.exception("reading what the exchange lists")
        else:
            return True, found
        return False, found
