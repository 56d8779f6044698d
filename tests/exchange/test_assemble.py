"""Assembly."""

import dataclasses

from connector.exchange.parts import Parts
from connector.simulator.server import LocalExchange
from tests.weather import connect


async def test_assembling_sends_nothing(venue: LocalExchange) -> None:
    connector = connect(venue)
    assert all(getattr(connector.parts, item.name) is not None for item in dataclasses.fields(Parts))
    assert connector.limit_use()[0].used == 0
    assert not connector.ready


async def test_two_connectors_share_nothing(venue: LocalExchange) -> None:
    one, other = connect(venue, "one"), connect(venue, "other")
    shared = [
        item.name
        for item in dataclasses.fields(Parts)
        if getattr(one.parts, item.name) is getattr(other.parts, item.name)
    ]
    assert shared == ["contract"]
