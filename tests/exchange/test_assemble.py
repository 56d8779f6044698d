"""Assembly."""

import dataclasses

from connector.exchange.network.components import Components
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import connect


async def test_assembling_sends_nothing(venue: LocalExchange) -> None:
    connector = connect(venue)
    assert all(getattr(connector.components, item.name) is not None for item in dataclasses.fields(Components))
    assert connector.limit_use()[0].used == 0
    assert not connector.ready


async def test_two_connectors_share_nothing(venue: LocalExchange) -> None:
    one, other = connect(venue, "one"), connect(venue, "other")
    shared = [
        item.name
        for item in dataclasses.fields(Components)
        if getattr(one.components, item.name) is getattr(other.components, item.name)
    ]
    assert shared == ["contract", "takes_ember_orders"]
