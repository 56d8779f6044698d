"""One connection of ours for one connector of Hummingbot's, over every stop and start: its orders outlive them.

A check of the network that fails stops nothing: streams and orders are taken up again by the connection itself, and
orders whose outcome nobody knows are looked up meanwhile. Only a stop that is meant ends it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from connector.adapters.hummingbot.access import Access
from connector.adapters.hummingbot.instance_tags import HeldTag, held_tag
from connector.adapters.hummingbot.market_side import until_started
from connector.adapters.hummingbot.settings_queue import SettingsQueue
from connector.config.connector_settings import ConnectorSettings
from connector.core.faults import ArgumentFault, ConnectorFault
from connector.core.funding_info import FundingInfo
from connector.core.interface import MarketDataView
from connector.exchange.assemble import assemble
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.instance import Instance
from connector.net.sign import Signer
from connector.net.system_clock import SystemClock

_LOG = logging.getLogger(__name__)


class Hooks(NamedTuple):
    """Who is told of the connection."""

    #: Once, before anything is listened to.
    made: Callable[[PerpetualDerivative], None]
    #: When it is up, before the start is over. Raises `ConnectorFault` where it has to be called again.
    up: Callable[[PerpetualDerivative], Awaitable[None]]
    #: After each start.
    started: Callable[[PerpetualDerivative], None]


class TradingLink:
    """Made when it is first needed, since a local exchange tells its key only when it is asked."""

    def __init__(
        self,
        access: Access,
        trading_pairs: list[str],
        settings: ConnectorSettings,
        tags_folder: Path,
        queue: SettingsQueue,
        hooks: Hooks,
    ) -> None:
        """`trading_pairs` may grow until the start."""
        self._access, self._pairs, self._settings = access, trading_pairs, settings
        self._tags_folder, self._queue, self._hooks = tags_folder, queue, hooks
        self._one_start = asyncio.Lock()
        self._tag: HeldTag | None = None
        self._saved: dict[str, Any] = {}
        #: None until the first start.
        self.exchange: PerpetualDerivative | None = None
        #: Whether it is up; its start may go on.
        self.is_running = False
        self._is_started = False

    def restore(self, states: Mapping[str, Any]) -> None:
        """Takes back what `tracking_states` of ours saved, at the latest at the start."""
        if self.exchange is not None:
            self.exchange.restore_tracking_states(states)
        else:
            self._saved.update(states)

    async def start(self) -> None:
        """Connects, and tries until it is done; started already, it does nothing."""
        async with self._one_start:
            if not self._is_started:
                await until_started(self._access.domain.name, self._start)

    async def stop(self) -> None:
        """Ends every task and connection; orders stay as they are."""
        await self._queue.end()
        self.is_running = self._is_started = False
        if self.exchange is not None:
            await self.exchange.stop_network()

    def market_data(self, trading_pair: str) -> MarketDataView | None:
        """None while the pair is not followed."""
        if self.exchange is None:
            return None
        try:
            return self.exchange.get_market_data(trading_pair)
        except ArgumentFault:
            return None

    def funding_info(self, trading_pair: str) -> FundingInfo | None:
        """None before the pair's first frame."""
        try:
            return None if self.exchange is None else self.exchange.get_funding_info(trading_pair)
        except ConnectorFault:
            return None

    async def add(self, trading_pair: str) -> bool:
        """Trades one more; False where it is traded already, not listed, or nothing is started."""
        if self.exchange is None or not self.is_running:
            return False
        try:
            return await self.exchange.add_trading_pair(trading_pair)
        except ConnectorFault as fault:
            _LOG.warning("%s can't be added: %s", trading_pair, fault)
            return False

    async def remove(self, trading_pair: str) -> bool:
        """Trades it no more; False where something of ours is at stake there."""
        return self.exchange is not None and await self.exchange.remove_trading_pair(trading_pair)

    async def _start(self) -> None:
        """Goes on from where it failed: what is up is not begun again."""
        exchange = self.exchange
        if exchange is None or not self.is_running:
            exchange = await self._connect()
        for trading_pair in self._pairs:
            if trading_pair not in exchange.trading_pairs:
                await exchange.add_trading_pair(trading_pair)
        await self._hooks.up(exchange)
        self._hooks.started(exchange)
        self._queue.begin(exchange)
        self._is_started = True

    async def _connect(self) -> PerpetualDerivative:
        signer = await self._access.signer()
        exchange = self.exchange or self._made(signer)
        if signer is not self._access.own_signer:
            # A local exchange that was started anew made up another key.
            exchange.components.gateway.sign_with(signer)
        await exchange.start_network()
        self.is_running = True
        return exchange

    def _made(self, signer: Signer) -> PerpetualDerivative:
        domain = self._access.domain
        account = domain.rest if domain.is_local else f"{domain.rest} {signer.api_key.reveal()}"
        self._tag = held_tag(self._tags_folder, account)
        limits = self._tag.limits_folder(self._tags_folder, signer.api_key.reveal())
        instance, pairs = Instance(self._tag.tag, limits=limits), tuple(self._pairs)
        exchange = assemble(domain, signer, pairs, instance, SystemClock(), None, self._settings)
        exchange.components.streams.books.measures_leads = False  # nobody here asks for the figures
        self._hooks.made(exchange)
        exchange.restore_tracking_states(self._saved)
        self._saved.clear()
        self.exchange = exchange
        return exchange
