"""An order that is being considered."""

from decimal import Decimal

from connector.core.enums import OrderType, TradeType
from connector.core.order_candidate import PerpetualOrderCandidate


def test_a_candidate_opens_unless_it_says_otherwise() -> None:
    candidate = PerpetualOrderCandidate("BTC-USDT", True, OrderType.LIMIT, TradeType.BUY, Decimal(1), Decimal(2))
    assert not candidate.position_close
    assert candidate.leverage == 1
