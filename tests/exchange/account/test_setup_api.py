from decimal import Decimal

import pytest

from connector.core.enums import MarginType, OrderType, PositionSide
from connector.core.event_tags import MarketEvent
from connector.core.faults import Fault
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog

D = Decimal


async def test_each_setting_is_spelt_as_the_exchange_takes_it(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    setup, account = connector.venue_api.setup, venue.engine.accounts[venue.account_id]
    await setup.set_fee_burn(True)
    assert account.burns_bnb
    assert await setup.fee_burn()
    await setup.set_multi_assets(True)
    assert account.multi_assets
    await setup.set_multi_assets(False)
    await log.waits_for(MarketEvent.MultiAssetsModeChanged, 2)
    await connector.wait_until_ready(10)
    await setup.set_margin_type(SYMBOL, MarginType.ISOLATED)
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    (held,) = account.held()
    before_e8 = held.isolated_e8
    await setup.adjust_margin(SYMBOL, D("12.5"), PositionSide.BOTH)
    await setup.adjust_margin(SYMBOL, D("-2.5"), PositionSide.BOTH)
    assert held.isolated_e8 - before_e8 == 10 * 10**8


async def test_what_is_so_already_is_done(connector: PerpetualDerivative) -> None:
    for again in (
        connector.venue_api.setup.set_margin_type(SYMBOL, MarginType.CROSSED),
        connector.venue_api.setup.set_multi_assets(False),
    ):
        with pytest.raises(Fault) as refused:
            await again
        assert refused.value.rule.fate.name == "DONE"
