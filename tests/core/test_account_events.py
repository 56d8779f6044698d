"""Events of the account have tags of their own, by which they are subscribed to."""

import inspect

from connector.core import account_events
from connector.core.event_tags import MarketEvent


def test_each_event_is_frozen_and_has_a_tag_that_no_other_has() -> None:
    kinds = [kind for _, kind in inspect.getmembers(account_events, inspect.isclass) if hasattr(kind, "tag")]
    assert len(kinds) == 11
    assert len({kind.tag for kind in kinds}) == len(kinds)
    assert all(isinstance(kind.tag, MarketEvent) and kind.__dataclass_params__.frozen for kind in kinds)
