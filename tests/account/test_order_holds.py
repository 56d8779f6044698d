"""Which position an order is of, and orders of pairs that are traded later."""

import pytest

from connector.account.margin_book import BOTH, LONG, SHORT, AssetSum
from connector.account.order_holds import OrderHolds, position_side
from connector.account.pair_budget import PairBudget
from connector.core.enums import PositionAction, PositionMode, PositionSide, TradeType
from connector.venue.contracts import LINEAR
from connector.venue.order_fields import CLOSE_SEMANTICS
from tests.companions.account.scenes import BUY, rule, working

NUMBERS = {PositionSide.BOTH: BOTH, PositionSide.LONG: LONG, PositionSide.SHORT: SHORT}


@pytest.mark.parametrize("mode", PositionMode)
@pytest.mark.parametrize("action", PositionAction)
@pytest.mark.parametrize("side", TradeType)
def test_an_order_is_of_the_position_that_it_is_sent_with(
    mode: PositionMode, action: PositionAction, side: TradeType
) -> None:
    closes = action is PositionAction.CLOSE
    found = position_side(mode, is_buy=side is TradeType.BUY, closes=closes)
    assert found == NUMBERS[CLOSE_SEMANTICS[mode, action, side].position_side]


def test_orders_of_an_earlier_life_wait_until_their_pair_is_traded() -> None:
    pairs: dict[str, PairBudget] = {}
    holds = OrderHolds(pairs.get)
    order = working(BUY, "2", "90")
    assert holds.take(order) is None
    pairs["BTC-USDT"] = PairBudget(LINEAR, rule("BTC-USDT"), AssetSum())
    assert not pairs["BTC-USDT"].sums.is_used
    holds.count_anew()
    holds.count_anew()
    assert pairs["BTC-USDT"].sums.is_used
    order.is_open = False
    assert holds.take(order) is pairs["BTC-USDT"]
    assert not pairs["BTC-USDT"].sums.is_used
