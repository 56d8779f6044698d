"""Numbers of events are kept by bots: none is given twice, and those up to 299 are Hummingbot's."""

from typing import get_args

from connector.core.event_tags import MarketEvent
from connector.core.events import Event


def test_each_tag_has_one_event_and_each_event_a_tag_of_its_name() -> None:
    names = {kind.tag: kind.__name__ for kind in get_args(Event)}
    assert set(names) == set(MarketEvent)
    assert {tag.name for tag, name in names.items() if tag.name not in name} == set()


def test_our_own_events_have_numbers_that_hummingbot_does_not_use() -> None:
    own = {tag for tag in MarketEvent if tag.value >= 300}
    assert {MarketEvent.OrderModified, MarketEvent.OrderModifyFailed, MarketEvent.FeedLost} <= own
    assert MarketEvent.OrderFilled not in own
