"""A key that ends while it is traded with: revoked, expired, taken off futures, or asked from another address.

    taken ──a refusal, and the next question is refused too──▶ refused: nothing opens, told once, cancels go on
      ▲                                                            │                 │
      └────────────── reads and orders are taken again ────────────┘          a minute later still
                                                                                     ▼
                                                                                   lost: the run has to end

Asked is whether the key may read and whether it may trade, with a request that changes nothing; what was refused before
says nothing of now. A refused logon alone is no such end: orders go by REST then.
"""

import asyncio
import logging
from typing import Final

from connector.core.clock import Clock
from connector.core.faults import ConnectorFault, Fault
from connector.exchange.orders.openings import Openings
from connector.net.gateway import Gateway
from connector.venue.endpoints import ACCOUNT_CONFIG, TEST_ORDER, WS_LOGON, Endpoint
from connector.venue.refusal_causes import KEY_ENDS

_LOG = logging.getLogger(__name__)
#: So long a key may be refused.
LOST_AFTER_MS: Final = 60_000
_ASK_EVERY_S: Final = 5.0
#: Any symbol does.
_TEST_ORDER: Final = {"symbol": "BTCUSDT"}


class KeyWatch:
    """Hears what the venue refuses for the key. `run` runs until cancelled."""

    def __init__(self, gateway: Gateway, openings: Openings, clock: Clock) -> None:
        #: Why the run has to end; empty while it has not.
        self.lost = ""
        #: The refusal that lasts; empty while the key is taken.
        self.trouble = ""
        self._gateway = gateway
        self._openings = openings
        self._clock = clock
        self._refused = asyncio.Event()
        gateway.on_key_refusal = self._hear

    async def run(self) -> None:
        while True:
            await self._refused.wait()
            await self._see_through(self._clock.monotonic_ms())
            self._refused.clear()

    def _hear(self, endpoint: Endpoint, refusal: Fault) -> None:
        if endpoint.path != WS_LOGON.path:
            self._refused.set()

    async def _see_through(self, since_ms: int) -> None:
        """Until the key is taken again, or for good."""
        holder = ""
        while True:
            try:
                await self._ask()
            except Fault as fault:
                if fault.code in KEY_ENDS:
                    self.trouble = _words(fault)
                    holder = holder or self._shut(fault)
                    if self._clock.monotonic_ms() - since_ms >= LOST_AFTER_MS:
                        self.lost = f"the exchange takes the key no more: {_words(fault)}"
            except ConnectorFault as fault:
                _LOG.info("whether the key is taken is asked again: %s", fault)
            else:
                self.trouble = self.lost = ""
                self._openings.release(holder)
                return
            await asyncio.sleep(_ASK_EVERY_S)

    def _shut(self, fault: Fault) -> str:
        until = f"the run ends in {LOST_AFTER_MS // 1000} s unless it does"
        holder = f"the exchange, which does not take the key: {_words(fault)}; {until}"
        self._openings.shut(holder)
        return holder

    async def _ask(self) -> None:
        """Raises what is refused."""
        await self._gateway.call(ACCOUNT_CONFIG)
        try:
            await self._gateway.call(TEST_ORDER, _TEST_ORDER)
        except Fault as fault:
            # What else it refuses, it has looked at: the key may trade.
            if fault.code in KEY_ENDS or not fault.was_answered:
                raise


def _words(fault: Fault) -> str:
    return f"[{fault.code}] {fault.rule.meaning}"
