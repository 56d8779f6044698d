"""What the base class asks for and nobody calls: it says so, and refuses nothing that is asked."""

import asyncio
from typing import Any

import pytest
from hummingbot.core.data_type.common import OrderType, PositionMode


async def test_it_is_a_whole_connector_of_theirs(idle: Any) -> None:
    assert type(idle).__abstractmethods__ == frozenset()
    assert idle.supported_position_modes() == [PositionMode.ONEWAY, PositionMode.HEDGE]
    assert (idle.get_maker_order_type(), idle.get_taker_order_type()) == (OrderType.LIMIT_MAKER, OrderType.MARKET)


async def test_what_is_not_asked_of_it_says_whose_the_loops_are(idle: Any) -> None:
    for asked in (idle._place_order(), idle._user_stream_event_listener(), idle._fetch_last_fee_payment("BTC-USDT")):
        with pytest.raises(NotImplementedError, match="its loops are not Hummingbot's"):
            await asked


async def test_no_loop_of_theirs_runs(bot: Any) -> None:
    names = {str(getattr(task.get_coro(), "__qualname__", "")) for task in asyncio.all_tasks()}
    unasked = ("polling_loop", "_track_single_book", "_measure_leads")
    assert not {name for name in names if name.endswith(unasked)}


async def test_its_throttler_can_be_shared_with_a_feed_of_candles(idle: Any) -> None:
    idle.throttler.add_rate_limits([])
