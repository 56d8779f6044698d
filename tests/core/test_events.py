"""Events keep the numbers that bots subscribe by."""

import typing

import pytest

from connector.core.event_tags import MarketEvent
from connector.core.events import Event

KNOWN = {
    "BuyOrderCompleted": 102, "SellOrderCompleted": 103, "OrderCancelled": 106, "OrderFilled": 107,
    "OrderExpired": 108, "OrderFailure": 198, "BuyOrderCreated": 200, "SellOrderCreated": 201,
    "FundingPaymentCompleted": 202,
}  # fmt: skip


@pytest.mark.parametrize(("name", "number"), KNOWN.items())
def test_a_ported_bot_finds_its_event_numbers(name: str, number: int) -> None:
    assert MarketEvent[name].value == number


def test_every_tag_belongs_to_exactly_one_event() -> None:
    tags = [kind.tag for kind in typing.get_args(Event)]
    assert sorted(tag.name for tag in tags) == sorted(tag.name for tag in MarketEvent)
