"""What is read anew from time to time: the venue's clock and the trading rules."""

import asyncio
import logging

from connector.core.faults import ConnectorFault
from connector.exchange.account.pair_rules import PairRules
from connector.exchange.account.venue_api import VenueApi
from connector.net.gateway import Gateway

_LOG = logging.getLogger(__name__)
CLOCK_EVERY_S = 600.0
RULES_EVERY_S = 3600.0


async def keep_clock(gateway: Gateway, every_s: float = CLOCK_EVERY_S) -> None:
    """Measures the venue's clock for ever; what fails is tried again the next time."""
    while True:
        await asyncio.sleep(every_s)
        try:
            await gateway.measure_clock()
        except ConnectorFault as fault:
            _LOG.info("measuring the clock: %s", fault)


async def keep_rules(pair_rules: PairRules, api: VenueApi, every_s: float = RULES_EVERY_S) -> None:
    """Reads the trading rules for ever; what fails is tried again the next time."""
    while True:
        await asyncio.sleep(every_s)
        try:
            pair_rules.take(await api.instruments())
        except ConnectorFault as fault:
            _LOG.warning("reading the trading rules: %s", fault)
