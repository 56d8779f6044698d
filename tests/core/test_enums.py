"""The words of the trade."""

from connector.core.enums import FINAL_STATES, OrderState, OrderType, TradeType


def test_what_takes_at_any_price_is_not_of_limit_type() -> None:
    assert {kind for kind in OrderType if not kind.is_limit_type()} == {
        OrderType.MARKET, OrderType.STOP_MARKET, OrderType.TAKE_PROFIT_MARKET, OrderType.TRAILING_STOP_MARKET
    }  # fmt: skip


def test_what_waits_for_a_price_is_conditional() -> None:
    assert {kind for kind in OrderType if not kind.is_conditional} == {
        OrderType.MARKET, OrderType.LIMIT, OrderType.LIMIT_MAKER
    }  # fmt: skip


def test_sides_have_signs_and_opposites() -> None:
    assert (TradeType.BUY.sign, TradeType.SELL.sign) == (1, -1)
    assert all(side.opposite.opposite is side is not side.opposite for side in TradeType)


def test_an_order_of_unknown_outcome_is_not_over() -> None:
    assert not OrderState.PENDING_UNKNOWN.is_final
    assert {state for state in OrderState if state.is_final} == FINAL_STATES
