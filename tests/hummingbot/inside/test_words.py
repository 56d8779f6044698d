"""Words of both sides: the same names, and numbers that stay exact."""

from decimal import Decimal

from hummingbot.core.data_type import common
from hummingbot.core.data_type.in_flight_order import OrderState as TheirState
from hummingbot.core.data_type.trade_fee import TradeFeeSchema

from connector.adapters.hummingbot import words
from connector.core.enums import OrderState, PositionAction, PositionMode, PositionSide
from connector.core.position import Position

D = Decimal


def test_every_state_of_ours_is_one_of_theirs() -> None:
    assert set(words.STATES) == set(OrderState)
    assert words.STATES[OrderState.EXPIRED] is TheirState.CANCELED
    assert words.STATES[OrderState.PENDING_UNKNOWN] is TheirState.PENDING_CREATE


def test_what_does_not_say_opens() -> None:
    assert words.POSITION_ACTIONS[common.PositionAction.NIL] is PositionAction.OPEN
    assert words.THEIR_MODES[PositionMode.HEDGE] is common.PositionMode.HEDGE


def test_a_fee_is_told_to_the_last_digit_and_a_rebate_below_zero() -> None:
    fee = words.fee_of(TradeFeeSchema(), PositionAction.OPEN, "USDT", D("0.12345678901"))
    assert [(row.token, row.amount) for row in fee.flat_fees] == [("USDT", D("0.12345678901"))]
    assert fee.fee_amount_in_token("BTC-USDT", D(60_000), D(1), "USDT") == D("0.12345678901")
    assert words.fee_of(TradeFeeSchema(), PositionAction.CLOSE, "USDT", D("-0.1")).flat_fees[0].amount == D("-0.1")
    assert words.fee_of(TradeFeeSchema(), PositionAction.OPEN, "", None).flat_fees == []


def test_a_net_position_is_long_or_short_by_its_sign() -> None:
    for amount, side in ((D(1), "LONG"), (D(-1), "SHORT")):
        row = Position("BTC-USDT", PositionSide.BOTH, D(2), D(60_000), amount, 5)
        theirs = words.their_position(row)
        assert (theirs.position_side.name, theirs.amount, theirs.leverage) == (side, amount, 5)
