"""What a second factor does not permit is not done, whoever asks for it, and nothing opens at a leverage above."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from connector.core.enums import MarginType, OrderType, PositionMode
from connector.core.event_tags import MarketEvent
from connector.core.faults import ApprovalFault
from connector.core.secrets import Secret
from connector.exchange.account.factor_permit import Permit
from connector.exchange.assemble import assemble
from connector.exchange.derivative import PerpetualDerivative
from connector.net.sign import HmacSigner
from connector.simulator.server import LocalExchange
from connector.venue.domains import LOCAL
from tests.companions.local_trading import PAIR, EventLog, ready, until
from tests.companions.virtual_time import loop_clock

D = Decimal


class Approvals:
    """What is approved now."""

    def __init__(self) -> None:
        self.leverage = 0
        self.modes = False

    def permit(self) -> Permit:
        return Permit("binance_perpetual_local", 50, lambda wanted: wanted <= self.leverage, lambda: self.modes)


@pytest.fixture
def approvals() -> Approvals:
    return Approvals()


@pytest.fixture
async def connector(venue: LocalExchange, approvals: Approvals) -> AsyncIterator[PerpetualDerivative]:
    domain = LOCAL.at(venue.rest, venue.stream, venue.ws_api)
    signer = HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))
    connector = assemble(domain, signer, (PAIR,), "test01", loop_clock(), factor=approvals.permit())
    await ready(connector)
    yield connector
    await connector.stop_network()


async def test_a_leverage_above_the_threshold_is_not_set_until_it_is_approved(
    connector: PerpetualDerivative, approvals: Approvals
) -> None:
    held = connector.get_leverage(PAIR)
    with pytest.raises(ApprovalFault, match=r"leverage: 75: stays at .* connector approve leverage 75"):
        await connector.set_leverage(PAIR, 75)
    assert connector.get_leverage(PAIR) == held
    await connector.set_leverage(PAIR, 50)
    approvals.leverage = 75
    await connector.set_leverage(PAIR, 75)
    assert (connector.get_leverage(PAIR), connector.openings_stopped) == (75, "")


async def test_no_mode_of_the_account_changes_without_an_approval(
    connector: PerpetualDerivative, venue: LocalExchange, approvals: Approvals
) -> None:
    account = venue.engine.accounts[venue.account_id]
    for change in (
        lambda: connector.set_position_mode(PositionMode.HEDGE),
        lambda: connector.set_margin_type(PAIR, MarginType.ISOLATED),
        lambda: connector.set_multi_assets_mode(True),
    ):
        with pytest.raises(ApprovalFault, match="connector approve modes"):
            await change()
    assert not account.hedge
    assert not account.multi_assets
    assert connector.ready, "what was in force still is"
    # What is so already needs none.
    await connector.set_position_mode(PositionMode.ONEWAY)
    approvals.modes = True
    await connector.set_position_mode(PositionMode.HEDGE)
    assert account.hedge


async def test_a_leverage_that_another_hand_raised_above_it_opens_nothing_until_it_is_approved(
    connector: PerpetualDerivative, venue: LocalExchange, approvals: Approvals
) -> None:
    log = EventLog(connector)
    venue.act(lambda engine, now_ms: engine.set_leverage(venue.account_id, "BTCUSDT", 100, now_ms))
    await log.waits_for(MarketEvent.OpeningsPaused)
    assert "connector approve leverage 100" in connector.openings_stopped
    order = connector.buy(PAIR, D("0.010"), OrderType.LIMIT, D(59_000))
    await log.waits_for(MarketEvent.OrderFailure)
    assert order not in connector.in_flight_orders
    approvals.leverage = 100
    await until(lambda: connector.openings_stopped == "", "it opens")
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    approvals.leverage = 0
    await until(lambda: connector.openings_stopped != "", "the approval is over")
    await asyncio.sleep(5)
    assert len(log.of(MarketEvent.OpeningsPaused)) == 2
