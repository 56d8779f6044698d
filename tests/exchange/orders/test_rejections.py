from decimal import Decimal

import pytest

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.events import MarketOrderFailureEvent
from connector.core.faults import Fault
from connector.core.order_ends import Rejection, RejectionKind
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.orders.rejections import rejection_of
from connector.simulator.server import LocalExchange
from connector.venue.error_codes import rule_for_answer
from tests.companions.local_trading import PAIR, EventLog
from tests.companions.orders.scenes import rule, tracked, tracker

D = Decimal


@pytest.mark.parametrize(
    ("code", "rejection"),
    [
        (-5022, Rejection(RejectionKind.POST_ONLY, -5022)),
        (-2019, Rejection(RejectionKind.MARGIN, -2019)),
        (-2022, Rejection(RejectionKind.REDUCE_ONLY, -2022)),
        (-1015, Rejection(RejectionKind.RATE, -1015)),
        (-4400, Rejection(RejectionKind.QUANTITATIVE_RULE, -4400)),
        (-4411, Rejection(RejectionKind.AGREEMENT, -4411)),
        (-4164, Rejection(RejectionKind.FILTER, -4164, "MIN_NOTIONAL", "minimum 5 USDT", "amount 3")),
        (-4016, Rejection(RejectionKind.FILTER, -4016, "PERCENT_PRICE", "at most x 1.05", "price 100")),
        (-2010, Rejection(RejectionKind.OTHER, -2010)),
    ],
)
def test_each_refusal_has_its_kind(code: int, rejection: Rejection) -> None:
    fault = Fault(rule_for_answer(400, code, "", is_write=True), "new order", code=code, http_status=400)
    assert rejection_of(fault, tracked(tracker()), rule()) == rejection


async def test_an_order_below_a_filter_is_told_with_its_name_limit_and_value(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    connector.buy(PAIR, D("0.001"), OrderType.LIMIT, D(1_000))
    failure = await log.waits_for(MarketEvent.OrderFailure)
    assert isinstance(failure, MarketOrderFailureEvent)
    assert failure.rejection is not None
    assert (failure.rejection.kind, failure.rejection.filter) == (RejectionKind.FILTER, "MIN_NOTIONAL")
    assert "minimum" in failure.rejection.limit
    assert "0.001" in failure.rejection.value


async def test_an_order_that_the_connector_kept_was_not_sent(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    connector.openings.shut("the desk")
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT, D(59_000))
    failure = await log.waits_for(MarketEvent.OrderFailure)
    assert isinstance(failure, MarketOrderFailureEvent)
    assert failure.rejection == Rejection(RejectionKind.NOT_SENT)
