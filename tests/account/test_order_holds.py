"""Which position an order is of, and orders of pairs that are traded later."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.account.compiled import order_holds as compiled
from connector.account.margin_book import BOTH, LONG, SHORT, AssetSum
from connector.account.order_cost import MarketPrices
from connector.account.order_holds import OrderHolds, position_side
from connector.account.pair_budget import PairBudget
from connector.account.plain import order_holds as plain
from connector.core.enums import PositionAction, PositionMode, PositionSide, TradeType
from connector.orders.changes import Change
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


NAMES = ("BTC-USDT", "ETH-USDT")


@st.composite
def orders(draw: st.DrawFn, name: str) -> Any:
    side, action = draw(st.sampled_from(TradeType)), draw(st.sampled_from(PositionAction))
    price = draw(st.sampled_from(["90", "100", "100.5"]))
    order = working(side, "2", price, trading_pair=draw(st.sampled_from([*NAMES, "NONE-USDT"])))
    order.client_order_id, order.position_action = name, action
    return order


def changed(order: Any, data: st.DataObject) -> None:
    """One event of an order."""
    match data.draw(st.integers(0, 7)):
        case 0:
            order.is_open = not order.is_open
        case 1:
            order.ghost = not order.ghost
        case 2:
            order.price = data.draw(st.sampled_from([Decimal(90), Decimal(100), None]))
        case 3:
            order.cancel_wanted = True
        case 4:
            order.waits_for_trigger = not order.waits_for_trigger
        case 5:
            order.change = data.draw(st.sampled_from([None, Change(Decimal(95), Decimal(3))]))
        case _:
            order.claimed_amount = data.draw(st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(1), Decimal(2)]))


def priced(name: str) -> PairBudget:
    pair = PairBudget(LINEAR, rule(name), AssetSum())
    pair.take_prices(MarketPrices(Decimal(100), Decimal(100), Decimal("99.9"), Decimal("100.1")))
    return pair


def counted(pairs: dict[str, PairBudget]) -> object:
    sums = [(pair.sums.figures(which), pair.closers) for pair in pairs.values() for which in (BOTH, LONG, SHORT)]
    return sums, [pair.sums.is_used for pair in pairs.values()]


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_both_twins_hold_the_same_after_each_event_of_any_orders(data: st.DataObject) -> None:
    """The sums of what they count are the margin book's; its answers say whether they are one."""
    modes, found = st.sampled_from(PositionMode), {}
    pairs = [{name: priced(name) for name in NAMES} for _ in range(2)]
    holds = [plain.OrderHolds(pairs[0].get), compiled.OrderHolds(pairs[1].get)]
    for _ in range(data.draw(st.integers(1, 12))):
        if data.draw(st.integers(0, 5)) == 0:
            mode = data.draw(modes)
            for one in holds:
                one.take_mode(mode)
        if data.draw(st.integers(0, 7)) == 0:
            gone = data.draw(st.sampled_from(NAMES))
            for one, traded in zip(holds, pairs, strict=True):
                one.forget(gone)
                assert not traded[gone].sums.is_used
                # Traded again: a new budget of the pair.
                traded[gone] = priced(gone)
                one.count_anew()
            assert counted(pairs[0]) == counted(pairs[1])
        name = data.draw(st.sampled_from("abc"))
        order = found.setdefault(name, data.draw(orders(name)))
        changed(order, data)
        told = [one.take(order) for one in holds]
        assert [pair and pair.symbol for pair in told[:1]] == [pair and pair.symbol for pair in told[1:]]
        assert counted(pairs[0]) == counted(pairs[1])
