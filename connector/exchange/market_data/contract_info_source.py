"""Contracts' status and brackets as they change: `!contractInfo`, on the market route, for all symbols together.

It is rightly silent for days, so that its silence says nothing: while its socket is down the rules are read more often.
"""

import logging
from collections.abc import Callable

from connector.core.clock import Clock
from connector.core.faults import UnreadableFault
from connector.exchange.account.rule_keeper import RuleKeeper
from connector.net.gateway import Gateway
from connector.net.stream import Stream
from connector.venue.markets import MarketRow
from connector.wire.contract_news import contract_news

_LOG = logging.getLogger(__name__)
_NAME = "!contractInfo"


class ContractInfoSource:
    """Hands on what changes of any contract of the product: rules to their keeper. Where brackets changed, leverages
    are read again (`read_leverages`), whose most notional follows from them."""

    def __init__(
        self, gateway: Gateway, market: MarketRow, keeper: RuleKeeper, read_leverages: Callable[[], None], clock: Clock
    ) -> None:
        self._family = market.family
        self.keeper = keeper
        self._read_leverages = read_leverages
        self._url = f"{gateway.domain.stream}/{market.mark_price_route}/stream"
        self.stream = Stream("contract info", self._address, self, clock, gateway.domain.streams, gateway.handshakes)
        self.stream.carry([_NAME])

    async def run(self) -> None:
        await self.stream.run()

    def on_up(self) -> None:
        self.keeper.came_up()

    def on_down(self, reason: str) -> None:
        self.keeper.hears_changes = False

    def on_frame(self, frame: bytes, received_ms: int) -> None:
        try:
            news = contract_news(frame)
        except UnreadableFault as fault:
            _LOG.warning("%s: the rules are read again", fault)
            self.keeper.read_soon()
            return
        if news is None or news.family not in (0, self._family):
            return
        self.keeper.take(news)
        if news.brackets_changed:
            self._read_leverages()

    async def _address(self) -> str:
        return self._url
