"""Events of the way to the exchange."""

from typing import get_args

import pytest

from connector.core import connection_events
from connector.core.connection_events import FeedLostEvent, OrderWayChangedEvent
from connector.core.enums import OrderWay
from connector.core.events import Event

KINDS = [
    kind for kind in vars(connection_events).values() if getattr(kind, "__module__", "") == connection_events.__name__
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_is_an_event_that_listeners_may_hear(kind: type) -> None:
    assert kind in get_args(Event)


def test_they_are_values() -> None:
    lost = FeedLostEvent(1.0, "user stream", "closed")
    assert lost == FeedLostEvent(1.0, "user stream", "closed")
    assert OrderWayChangedEvent(1.0, OrderWay.REST, "down").way == "rest"
