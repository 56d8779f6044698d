"""What a trade cost."""

from decimal import Decimal

from connector.core.trade_fee import TokenAmount, TradeFee


def test_a_fee_is_what_was_booked_in_each_asset() -> None:
    fee = TradeFee((TokenAmount("BNB", Decimal("0.01")),))
    assert fee.percent == 0
    assert fee.flat_fees[0].token == "BNB"
