from connector.core.enums import OrderState
from connector.core.order_ends import ExpiryReason, OrderEnd, Rejection, RejectionKind


def test_an_end_says_by_whose_will_and_why() -> None:
    refused = OrderEnd(OrderState.FAILED, rejection=Rejection(RejectionKind.MARGIN, -2019))
    expired = OrderEnd(OrderState.EXPIRED, expiry=ExpiryReason.SELF_TRADE_PREVENTION)
    assert (refused.expiry, expired.rejection) == (None, None)
    assert f"{refused.rejection and refused.rejection.kind} {expired.expiry}" == "margin self_trade_prevention"
