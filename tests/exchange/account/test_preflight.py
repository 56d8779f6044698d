"""Before the first order: what is wrong is told, and nothing is changed."""

from decimal import Decimal

import pytest

from connector.core.enums import PositionMode
from connector.core.faults import ConfigFault
from connector.exchange.account import preflight
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from connector.wire.account_replies import AccountConfig, LeverageBracket
from tests.companions.local_trading import PAIR, SYMBOL, EventLog
from tests.companions.sample_rules import BTC_RULE

D = Decimal
BRACKETS = (
    LeverageBracket(125, D(0), D(300_000), D("0.004"), D(0)),
    LeverageBracket(50, D(300_000), D(3_000_000), D("0.01"), D(1_800)),
)


def test_a_leverage_above_the_bracket_is_refused_with_the_most_there_is() -> None:
    with pytest.raises(ConfigFault, match=r"leverage: 126: the highest bracket of BTC-USDT allows 125"):
        preflight.check_leverage(BTC_RULE, 126, BRACKETS, D(0))


def test_quotes_above_the_brackets_cap_are_refused() -> None:
    preflight.check_leverage(BTC_RULE, 50, BRACKETS, D(3_000_000))
    with pytest.raises(ConfigFault, match="at most 300000 USDT at this leverage"):
        preflight.check_leverage(BTC_RULE, 51, BRACKETS, D(300_001))


def test_an_account_that_cannot_trade_so_is_refused() -> None:
    with pytest.raises(ConfigFault, match="may not trade"):
        preflight.check_account(AccountConfig(PositionMode.ONEWAY, False, can_trade=False, can_withdraw=False))
    preflight.check_account(AccountConfig(PositionMode.HEDGE, True, can_trade=True, can_withdraw=False))


async def test_the_mode_is_changed_only_when_it_differs(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    account = connector.components.api
    used = connector.limit_use()[0].used
    await preflight.confirm_position_mode(account, PositionMode.ONEWAY)
    assert connector.limit_use()[0].used - used == 5, "one reading, no change"
    await preflight.confirm_position_mode(account, PositionMode.HEDGE)
    assert (await account.config()).position_mode is PositionMode.HEDGE


async def test_a_mode_that_open_orders_block_is_explained_and_no_order_is_touched(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    connector.buy(PAIR, D("0.010"), price=D(59_000))
    from connector.core.event_tags import MarketEvent

    await log.waits_for(MarketEvent.BuyOrderCreated)
    with pytest.raises(ConfigFault, match="position mode cannot change while orders are open"):
        await preflight.confirm_position_mode(connector.components.api, PositionMode.HEDGE)
    assert len(await connector.components.api.open_orders(SYMBOL)) == 1


async def test_the_leverage_in_force_is_read_back(connector: PerpetualDerivative) -> None:
    report = await preflight.confirm_leverage(connector.components.api, SYMBOL, 7)
    assert report.leverage == 7
