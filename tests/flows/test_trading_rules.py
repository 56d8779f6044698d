"""What the exchange allows changes under a running bot: each once in words, no order against it, and back by itself."""

import asyncio
from decimal import Decimal

import pytest

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.faults import ConfigFault
from connector.simulator.fixed_point import to_e8
from connector.simulator.market.orders import BUY, LIMIT, SELL, OrderRequest
from connector.simulator.server import LocalExchange
from tests.companions.flows.running_bot import RunningBot, ended, running_bot, session_at
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, until

pytestmark = pytest.mark.virtual_time
D = Decimal


async def a_long(bot: RunningBot, amount: str = "0.010") -> None:
    """A position of its own account, bought by hand."""
    bot.connector.buy(PAIR, D(amount), OrderType.MARKET)
    await until(lambda: bool(bot.connector.account_positions), "held")


async def the_exit_is_asked_for_anew(bot: RunningBot) -> None:
    """The take-profit that rests is cancelled by hand, and the next one is taken."""
    (old,) = bot.resting(closing=True)
    bot.connector.cancel(PAIR, old.client_order_id)
    await until(
        lambda: [order for order in bot.resting(closing=True) if order.client_order_id != old.client_order_id] != [],
        "another exit rests",
    )


async def test_a_halt_is_one_line_and_quoting_goes_on_within_seconds_of_its_end(
    venue: LocalExchange, trader: Trader
) -> None:
    async with running_bot(venue) as bot:
        await bot.quotes()
        venue.faults.arm("trading_halt", symbol=SYMBOL)
        await bot.says("BTC-USDT does not trade (TRADING_HALT): no orders until it does")
        await asyncio.sleep(60)
        assert bot.refused <= 2, "at most one a side"
        assert bot.resting() == []
        assert "TRADING_HALT" in bot.status()
        venue.faults.arm("trading_halt", times=0)
        await bot.says("BTC-USDT trades again", within_s=2)
        await bot.quotes(within_s=5)
        assert len(bot.lines_with("TRADING_HALT")) == 1
        assert bot.lines_with("paused") == []
        assert bot.connector.paused_openings == {}


@pytest.mark.parametrize("price_type", ["mid_price", "last_price"])
async def test_a_delisting_is_one_line_no_order_follows_it_and_the_settlement_is_the_exchanges_act(
    venue: LocalExchange, trader: Trader, price_type: str
) -> None:
    Trader(venue).take(BUY, "0.001")
    async with running_bot(venue, price_type=price_type) as bot:
        await bot.quotes()
        await a_long(bot)
        log = EventLog(bot.connector)
        venue.faults.arm("delisting", symbol=SYMBOL, ms=20_000)
        await bot.says("BTC-USDT is being settled")
        await until(lambda: not bot.connector.account_positions, "settled")
        refused = bot.refused
        await asyncio.sleep(90)
        assert bot.refused == refused <= 2
        assert bot.resting() == []
        assert len(bot.lines_with("BTC-USDT is being settled")) == 1
        assert bot.lines_with("lost") == []
        assert (len(log.of(MarketEvent.PositionSettled)), log.of(MarketEvent.PositionDrift)) == (1, [])
        assert log.of(MarketEvent.Liquidation) == []
        section = await ended(bot)
        assert section.agrees, section.differences


@pytest.mark.parametrize(
    ("contract_type", "status", "words"),
    [
        ("PERPETUAL_DELIVERING", "SETTLING", "being settled"),
        ("PERPETUAL DELIVERING", "SETTLING", "being settled"),
        ("", "PENDING_TRADING", "PENDING_TRADING"),
    ],
)
async def test_a_contract_that_does_not_trade_ends_the_start_at_once_and_says_why(
    venue: LocalExchange, trader: Trader, contract_type: str, status: str, words: str
) -> None:
    venue.faults.arm("contract_status", symbol=SYMBOL, status=status, contract_type=contract_type)
    await _refused_at_start(venue, PAIR, words)


async def test_a_contract_that_is_not_open_yet_ends_the_start_within_three_seconds(
    venue: LocalExchange, trader: Trader
) -> None:
    await _refused_at_start(venue, "ADA-USDT", "PENDING_TRADING")


async def test_who_mistypes_is_not_sent_to_a_contract_that_does_not_trade(venue: LocalExchange) -> None:
    bot = await session_at(venue, market="BCT-USDT")
    with pytest.raises(ConfigFault, match="no such perpetual pair") as refused:
        await bot.session.start(asyncio.Event())
    await bot.session.close()
    assert "ADA-USDT" not in str(refused.value)


async def _refused_at_start(venue: LocalExchange, market: str, words: str) -> None:
    loop = asyncio.get_running_loop()
    bot, began_s = await session_at(venue, market=market), loop.time()
    with pytest.raises(ConfigFault, match=words):
        await bot.session.start(asyncio.Event())
    assert loop.time() - began_s < 3
    await bot.session.close()


async def test_a_side_under_control_is_told_once_and_is_not_quoted_while_exits_go_on(
    venue: LocalExchange, trader: Trader
) -> None:
    async with running_bot(venue) as bot:
        await bot.quotes()
        await a_long(bot)
        venue.faults.arm("control_4106", ms=600_000, symbol=SYMBOL)
        await bot.says("BTC-USDT takes no opening buys (POSITION_RISK_CONTROL); exits go on", within_s=30)
        refused = bot.refused
        await asyncio.sleep(60)
        assert bot.refused == refused <= 2
        assert {order.side for order in bot.resting(closing=False)} == {SELL}
        await the_exit_is_asked_for_anew(bot)
        venue.faults.arm("control_4106", times=0)
        await bot.says("BTC-USDT takes opening orders of both sides again", within_s=70)
        await bot.quotes()
        assert len(bot.lines_with("takes no opening buys")) == 1


async def test_a_contract_that_is_under_control_when_the_bot_starts_is_told_and_never_refused(
    venue: LocalExchange, trader: Trader
) -> None:
    venue.faults.arm("control_4106", ms=600_000, symbol=SYMBOL)
    async with running_bot(venue) as bot:
        await bot.says("BTC-USDT takes no opening buys (POSITION_RISK_CONTROL)")
        await asyncio.sleep(20)
        assert bot.refused == 0
        assert {order.side for order in bot.resting()} == {SELL}


async def test_an_exit_that_the_band_forbids_rests_at_its_edge_and_one_line_names_the_rule(
    venue: LocalExchange, trader: Trader
) -> None:
    async with running_bot(venue) as bot:
        await bot.quotes()
        venue.act(lambda engine, now_ms: engine.fix_mark(SYMBOL, to_e8(D(66_000))))
        await until(lambda: bot.connector.get_mark_price(PAIR) == 66_000, "the mark price is nailed")
        await a_long(bot)
        await until(lambda: bool(bot.resting(closing=True)), "the exit rests")
        await asyncio.sleep(58)
        assert bot.prices(closing=True) == [D(62_700)]
        assert bot.refused == 0
        assert len(bot.lines_with("PERCENT_PRICE")) == 1
        assert {order.side for order in bot.resting(closing=False)} == {BUY}, "sells are forbidden, and not tried"
        assert not bot.accounting.figures.not_sent
        venue.act(lambda engine, now_ms: engine.fix_mark(SYMBOL, None))


async def test_a_stop_loss_is_never_priced_by_a_mark_that_no_market_backs(venue: LocalExchange, trader: Trader) -> None:
    async with running_bot(venue, quote_with_position="false") as bot:
        await bot.quotes()
        bot.connector.sell(PAIR, D("0.010"), OrderType.MARKET)
        await until(lambda: bool(bot.connector.account_positions), "short")
        trader.take(BUY, "6")
        await until(lambda: bot.connector.get_price(PAIR, True).is_nan(), "no ask is left")
        venue.act(lambda engine, now_ms: engine.fix_mark(SYMBOL, to_e8(D(66_000))))
        await until(lambda: bot.connector.get_mark_price(PAIR) == 66_000, "the mark price is nailed")
        bids: set[Decimal] = set()
        for _ in range(40):
            await asyncio.sleep(0.25)
            bids.update(bot.prices(closing=True))
        assert bids and max(bids) < 60_020, "it bids for the profit, below the last trade"
        assert bot.connector.account_positions
        venue.act(lambda engine, now_ms: engine.fix_mark(SYMBOL, None))


@pytest.mark.parametrize(
    ("fault", "words"),
    [("unsigned_4411", "sign it: connector agreement sign"), ("reduce_only_4400", "quantitative rules")],
)
async def test_a_rule_that_keeps_openings_back_is_told_once_with_what_helps_and_exits_go_on(
    venue: LocalExchange, trader: Trader, fault: str, words: str
) -> None:
    async with running_bot(venue) as bot:
        await bot.quotes()
        await a_long(bot)
        venue.faults.arm(fault, ms=50_000, symbol=SYMBOL)
        await bot.says(words)
        refused = bot.refused
        await asyncio.sleep(40)
        assert bot.refused == refused <= 3
        assert len(bot.lines_with(words)) == 1
        await the_exit_is_asked_for_anew(bot)


async def test_gold_that_nobody_signed_for_is_told_once_and_tried_once_a_minute(venue: LocalExchange) -> None:
    other = venue.admit(D(1_000_000)).account_id
    for side, price in ((BUY, "3999"), (SELL, "4001")):
        request = OrderRequest("XAUUSDT", side, LIMIT, D(5), D(price))
        venue.act(lambda engine, now_ms, request=request: engine.place(other, request, now_ms))
    venue.faults.arm("unsigned_4411", ms=600_000)
    async with running_bot(venue, market="XAU-USDT", order_amount="0.01", order_levels=1) as bot:
        await bot.says("sign it: connector agreement sign")
        refused = bot.refused
        await asyncio.sleep(50)
        assert bot.connector.refusals == {-4411: refused}
        assert refused == 2, "one a side, that were on their way together"
        assert len(bot.lines_with("agreement sign")) == 1
        await bot.connector.venue_api.sign_agreement()
        await until(lambda: len(bot.connector.in_flight_orders) == 2, "it quotes by the next probe", within_s=70)


async def test_foreign_rows_of_nonsense_keep_no_bot_from_starting_and_quoting(
    venue: LocalExchange, trader: Trader
) -> None:
    venue.faults.arm("odd_contracts")
    async with running_bot(venue) as bot:
        await bot.quotes()
        assert bot.refused == 0
