"""Position mode and leverage, as strategies set them: before there is a connection, and while there is one."""

from decimal import Decimal
from typing import Any

from hummingbot.core.data_type.common import OrderType, PositionMode

from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, until
from tests.hummingbot.host import Heard, running

D = Decimal


async def test_what_was_asked_for_before_the_start_is_set_once_there_is_a_connection(
    idle: Any, heard: Heard, venue: LocalExchange
) -> None:
    idle.set_leverage(PAIR, 7)
    idle.set_position_mode(PositionMode.HEDGE)
    assert idle.get_leverage(PAIR) == 7
    async with running(idle):
        assert (idle.exchange.get_leverage(PAIR), idle.exchange.position_mode.name) == (7, "HEDGE")
        assert idle.position_mode is PositionMode.HEDGE
        told = heard.of("PositionMode")
        assert [(event.trading_pair, event.position_mode) for event in told] == [(PAIR, PositionMode.HEDGE)]


async def test_each_leverage_within_the_brackets_is_set(bot: Any) -> None:
    for leverage in (1, 20, 125):
        bot.set_leverage(PAIR, leverage)
        await until(lambda: bot.ready and not bot._queue.is_pending, "set")
        assert bot.exchange.get_leverage(PAIR) == bot.get_leverage(PAIR) == leverage


async def test_a_leverage_that_is_refused_leaves_what_is_in_force(bot: Any) -> None:
    before = bot.exchange.get_leverage(PAIR)
    bot.set_leverage(PAIR, 126)
    await until(lambda: bot.ready and bot.get_leverage(PAIR) == before, "the refusal")


async def test_a_mode_that_is_refused_is_told_with_its_reason(bot: Any, heard: Heard) -> None:
    bot.buy(PAIR, D("0.01"), OrderType.MARKET, D("NaN"))
    await heard.waits_for("BuyOrderCompleted")
    bot.set_position_mode(PositionMode.HEDGE)
    event = await heard.waits_for("PositionMode")
    assert "position" in event.message
    assert bot.position_mode is PositionMode.ONEWAY
    await until(lambda: bot.ready, "ready again")


async def test_another_hands_leverage_is_followed(bot: Any, venue: LocalExchange) -> None:
    venue.act(lambda engine, now_ms: engine.set_leverage(venue.account_id, SYMBOL, 33, now_ms))
    await until(lambda: bot.get_leverage(PAIR) == 33, "the leverage of another hand")
