"""Two listed symbols share base and quote: the one that trades is the pair, in whichever order they are listed."""

from decimal import Decimal
from pathlib import Path

import pytest

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.secrets import Secret
from connector.exchange.assemble import assemble
from connector.net.sign import HmacSigner
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from connector.venue.domains import LOCAL
from tests.companions.local_trading import EventLog, ready
from tests.companions.simulator.contract_rows import read, row
from tests.companions.virtual_time import loop_clock

pytestmark = pytest.mark.virtual_time
PAIR = "ABC-USDT"


@pytest.mark.parametrize("is_first", [True, False])
async def test_the_symbol_that_trades_is_taken_and_its_orders_rest(tmp_path: Path, is_first: bool) -> None:
    rows = [row("ABC", baseAsset="ABC", status="PENDING_TRADING"), row("ABCUSDT")]
    contracts = read(tmp_path, *(rows if is_first else reversed(rows))).instruments
    settings = SimulatorSettings(funding_first_s=3600, clock=loop_clock(), instruments=tuple(contracts))
    async with LocalExchange(settings) as exchange:
        domain = LOCAL.at(exchange.rest, exchange.stream, exchange.ws_api)
        signer = HmacSigner(Secret(exchange.api_key), Secret(exchange.api_secret))
        connector = assemble(domain, signer, (PAIR,), "test01", loop_clock())
        await ready(connector)
        log = EventLog(connector)
        assert connector.trading_rules[PAIR].symbol == "ABCUSDT"
        price = connector.get_price(PAIR, False) * Decimal("0.97")
        amount = connector.trading_rules[PAIR].least_amount(price) * 2
        connector.buy(PAIR, amount, OrderType.LIMIT, price)
        await log.waits_for(MarketEvent.BuyOrderCreated)
        await connector.stop_network()
