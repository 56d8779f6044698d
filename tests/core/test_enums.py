"""The words of the trade."""

from connector.core.enums import FINAL_STATES, OrderState, OrderType, TradeType


def test_only_a_market_order_is_not_of_limit_type() -> None:
    assert [kind for kind in OrderType if not kind.is_limit_type()] == [OrderType.MARKET]


def test_sides_have_signs_and_opposites() -> None:
    assert (TradeType.BUY.sign, TradeType.SELL.sign) == (1, -1)
    assert all(side.opposite.opposite is side is not side.opposite for side in TradeType)


def test_an_order_of_unknown_outcome_is_not_over() -> None:
    assert not OrderState.PENDING_UNKNOWN.is_final
    assert {state for state in OrderState if state.is_final} == FINAL_STATES
