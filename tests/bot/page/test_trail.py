"""What the page remembers: bounded, in order, repeated lines counted."""

from connector.bot.page.trail import MOST_EVENTS, MOST_FILLS, MOST_SAMPLES, PairSample, Trail
from connector.bot.report.accounting import Accounting
from connector.bot.report.status_source import StatusSource
from connector.core.connection_events import FeedLostEvent
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.local_trading import PAIR, D, EventLog, until
from tests.companions.page_trail import trail_of_two_pairs
from tests.companions.virtual_time import loop_clock


async def test_a_sample_is_equity_and_position_of_now(connector: PerpetualDerivative, log: EventLog) -> None:
    trail, epoch = Trail(loop_clock()), StatusSource(connector, Accounting(PAIR, "USDT"), PAIR)
    trail.watch(epoch)
    connector.sell(PAIR, D("0.004"), OrderType.MARKET)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    await until(lambda: PAIR in connector.account_positions, "the position")
    trail.sample(epoch)
    (sample,) = trail.samples
    assert sample.by_pair == {PAIR: PairSample(D("-0.004"), connector.get_mark_price(PAIR))}
    assert sample.equity == connector.get_balance("USDT") + connector.get_unrealized_pnl(PAIR)
    ((_, fill),) = trail.fills[PAIR]
    assert (fill.amount, fill.trade_type.name) == (D("0.004"), "SELL")


async def test_before_the_books_are_open_there_is_nothing_to_sample(connector: PerpetualDerivative) -> None:
    trail = Trail(loop_clock())
    trail.sample(StatusSource(connector, Accounting(PAIR), PAIR))
    assert not trail.samples


async def test_of_two_pairs_positions_and_trades_are_kept_apart(connector: PerpetualDerivative, log: EventLog) -> None:
    trail, epoch = await trail_of_two_pairs(connector)
    connector.sell(PAIR, D("0.004"), OrderType.MARKET)
    fill = await log.waits_for(MarketEvent.OrderFilled)
    await until(lambda: PAIR in connector.account_positions, "the position")
    trail.sample(epoch)
    held = {pair: row.position for pair, row in trail.samples[0].by_pair.items()}
    assert held == {PAIR: D("-0.004"), "ETH-USDT": 0}
    for _ in range(MOST_FILLS + 5):
        trail._hear_fill(fill)
    assert {pair: len(fills) for pair, fills in trail.fills.items()} == {PAIR: MOST_FILLS}


async def test_an_event_that_comes_again_is_counted(connector: PerpetualDerivative) -> None:
    trail = Trail(loop_clock())
    trail.watch(StatusSource(connector, Accounting(PAIR), PAIR))
    lost = FeedLostEvent(1.0, "order_books_initialized", "silent")
    connector.components.bus.publish([lost, lost, lost])
    assert [(row.text, row.times) for row in trail.events] == [
        (f"trading {PAIR} on {connector.domain} begins", 1), ("lost: order books initialized (silent)", 3),
    ]  # fmt: skip


async def test_a_long_run_remembers_its_latest(connector: PerpetualDerivative) -> None:
    trail, epoch = Trail(loop_clock()), StatusSource(connector, Accounting(PAIR, "USDT"), PAIR)
    for number in range(MOST_EVENTS + 5):
        trail.tell(f"line {number}")
    for _ in range(MOST_SAMPLES + 5):
        trail.sample(epoch)
    assert len(trail.events) == MOST_EVENTS
    assert trail.events[-1].text == f"line {MOST_EVENTS + 4}"
    assert len(trail.samples) == MOST_SAMPLES
