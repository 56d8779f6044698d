"""A contract whose name is not of ASCII is traded like any other: what is signed is what is sent."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.secrets import Secret
from connector.exchange.assemble import assemble
from connector.exchange.derivative import PerpetualDerivative
from connector.net.sign import HmacSigner
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from connector.venue.domains import LOCAL
from tests.companions.local_trading import EventLog, ready
from tests.companions.simulator.contract_rows import one, row
from tests.companions.virtual_time import loop_clock

SYMBOL, PAIR = "币安人生USDT", "币安人生-USDT"


@pytest.fixture
async def named(tmp_path: Path) -> AsyncIterator[PerpetualDerivative]:
    """A connector that is ready to trade such a contract, in its background market."""
    contract = one(tmp_path, row(SYMBOL))
    settings = SimulatorSettings(funding_first_s=3600, clock=loop_clock(), instruments=(contract,))
    async with LocalExchange(settings) as exchange:
        domain = LOCAL.at(exchange.rest, exchange.stream, exchange.ws_api)
        signer = HmacSigner(Secret(exchange.api_key), Secret(exchange.api_secret))
        connector = assemble(domain, signer, (PAIR,), "test01", loop_clock())
        await ready(connector)
        yield connector
        await connector.stop_network()


async def test_an_order_of_such_a_contract_rests_is_looked_up_and_cancelled(named: PerpetualDerivative) -> None:
    log = EventLog(named)
    price = named.get_price(PAIR, False) * Decimal("0.97")
    amount = named.trading_rules[PAIR].least_amount(price) * 2
    name = named.buy(PAIR, amount, OrderType.LIMIT, price)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    found = await named.venue_api.order(SYMBOL, name)
    assert (found.symbol, found.client_order_id) == (SYMBOL, name)
    named.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)


async def test_its_leverage_is_set_and_a_market_order_fills(named: PerpetualDerivative) -> None:
    log = EventLog(named)
    await named.set_leverage(PAIR, 3)
    assert named.get_leverage(PAIR) == 3
    amount = named.trading_rules[PAIR].least_amount(named.get_price(PAIR, True)) * 2
    named.buy(PAIR, amount, OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    (position,) = named.account_positions.values()
    assert position.trading_pair == PAIR
