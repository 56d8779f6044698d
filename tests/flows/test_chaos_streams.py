"""Bad weather on the way of a book, each kind on the local exchange over real sockets.

In all of them: the book is marked invalid within 100 ms of the first frame that shows the fault (a silent stream within
its limit), no price that was shown as valid differs from the exchange's own book of that update id, and the book is
right again within 2 s of the fault's end.
"""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.connection_events import FeedLostEvent
from connector.core.enums import BookState, OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange import assemble, gates
from connector.venue.limits import StreamTerms
from connector.venue.markets import USDM_MARKET
from tests.companions.flows.chaos import DEPTH, Scene, scene
from tests.companions.local_trading import PAIR, SYMBOL, until

pytestmark = pytest.mark.virtual_time

D = Decimal
_AT_ONCE_S = 0.1
#: The age limit of a depth stream, with one look of the watch.
_LIMIT_S = 5.0 + 0.5


def now_s() -> float:
    return asyncio.get_running_loop().time()


async def sees_more(stage: Scene, prices: int = 40) -> None:
    """The market goes on: this many further prices are looked at."""
    seen = stage.book_check.seen
    await until(lambda: stage.book_check.seen >= seen + prices, "further prices")


@pytest.mark.parametrize("fault", ["drop_depth", "reorder_depth"])
async def test_a_frame_that_is_dropped_or_comes_too_late(fault: str) -> None:
    async with scene() as stage:
        stage.venue.faults.arm(fault, stream=DEPTH)
        await until(lambda: bool(stage.wire.holes_s), "a frame that does not follow")
        await until(lambda: bool(stage.book_check.lost_s()), "noticed")
        assert stage.book_check.lost_s()[0] - stage.wire.holes_s[0] < _AT_ONCE_S
        assert stage.log.of(MarketEvent.FeedLost)
        await stage.book_check.is_right_again()
        await sees_more(stage)
        assert stage.connector.components.feed.symbols[SYMBOL].gaps >= 1
        stage.book_check.saw_nothing_wrong()


async def test_frames_that_come_twice_are_seen_once() -> None:
    async with scene() as stage:
        stage.venue.faults.arm("duplicate_depth", times=10, stream=DEPTH)
        await until(lambda: not stage.venue.faults.armed(), "ten frames came twice")
        await sees_more(stage)
        assert stage.book_check.lost_s() == []
        assert stage.log.of(MarketEvent.FeedLost) == []
        assert stage.connector.components.feed.symbols[SYMBOL].skipped >= 10
        stage.book_check.saw_nothing_wrong()


async def test_a_snapshot_older_than_the_stream() -> None:
    async with scene() as stage:
        stage.venue.faults.arm("stale_snapshot", times=4)
        stage.venue.faults.arm("cut_sockets")
        await until(lambda: not stage.venue.faults.armed(), "four snapshots were stale")
        await stage.book_check.is_right_again()
        await sees_more(stage)
        stage.book_check.saw_nothing_wrong()


async def test_a_snapshot_that_is_slow_while_the_stream_goes_on() -> None:
    async with scene() as stage:
        stage.venue.faults.arm("slow_snapshot", ms=1_500)
        began_s = now_s()
        stage.venue.faults.arm("cut_sockets")
        await until(lambda: bool(stage.book_check.lost_s()), "noticed")
        assert stage.book_check.lost_s()[0] - began_s < _AT_ONCE_S
        await until(lambda: not stage.venue.faults.armed(), "asked for")
        book = stage.connector.get_order_book(PAIR)
        assert book.state is BookState.INVALID and book.best_bid is not None, "kept, and not believed"
        await stage.book_check.is_right_again(1.5 + 2.0)
        await sees_more(stage)
        stage.book_check.saw_nothing_wrong()


async def test_a_stream_that_was_granted_and_falls_silent_among_others_that_speak() -> None:
    async with scene() as stage:
        ticker_frames = stage.connector.components.streams.books.stream.counters.frames
        began_s = now_s()
        stage.venue.faults.arm("silent_stream", stream=DEPTH, ms=8_000)
        lost = await stage.log.waits_for(MarketEvent.FeedLost)
        assert now_s() - began_s < _LIMIT_S
        assert isinstance(lost, FeedLostEvent) and lost.gate == gates.ORDER_BOOKS
        assert "depth silent" in lost.reason or "the stream was silent" in lost.reason
        assert not stage.connector.ready
        counters = stage.connector.components.streams.books.stream.counters
        assert counters.frames > ticker_frames, "the socket speaks of other things"
        assert counters.connections == 1
        await stage.wire.sends_again()
        await stage.book_check.is_right_again()
        await sees_more(stage)
        stage.book_check.saw_nothing_wrong()


async def test_a_stream_that_is_granted_and_silent_from_the_start_is_never_believed() -> None:
    async with scene(start=False) as stage:
        stage.venue.faults.arm("silent_stream", stream=DEPTH, ms=4_000)
        stage.venue.faults.arm("cut_sockets")
        await stage.wire.sends_again()
        assert not stage.connector.status_dict[gates.ORDER_BOOKS]
        assert stage.connector.status_report[gates.ORDER_BOOKS].last_error
        await stage.book_check.is_right_again()
        stage.book_check.saw_nothing_wrong()


async def test_streams_asked_for_on_the_wrong_route_are_named_and_never_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The venue opens, acknowledges, and stays silent."""
    monkeypatch.setattr(assemble, "USDM_MARKET", replace(USDM_MARKET, depth_route="market"))
    async with scene(start=False) as stage:
        began_s = now_s()
        report = stage.connector.components.gates.report
        await until(lambda: "depth silent" in report()[gates.ORDER_BOOKS].last_error, "named")
        assert now_s() - began_s < _LIMIT_S + 0.5
        assert not stage.connector.ready
        assert stage.connector.status_dict[gates.FUNDING_INFO], "the other streams are well"


async def test_sockets_that_are_cut() -> None:
    async with scene() as stage:
        for _ in range(3):
            turns, began_s = len(stage.book_check.turns), now_s()
            stage.venue.faults.arm("cut_sockets")
            await until(lambda turns=turns: len(stage.book_check.turns) > turns, "noticed")
            assert stage.book_check.turns[turns][1] is False
            assert stage.book_check.turns[turns][0] - began_s < _AT_ONCE_S
            await stage.book_check.is_right_again()
        await sees_more(stage)
        stage.book_check.saw_nothing_wrong()


async def test_sockets_that_are_open_and_dead() -> None:
    async with scene() as stage:
        began_s = now_s()
        stage.venue.faults.arm("half_open", ms=8_000)
        await stage.log.waits_for(MarketEvent.FeedLost)
        assert now_s() - began_s < _LIMIT_S
        await stage.wire.sends_again()
        await stage.book_check.is_right_again()
        await sees_more(stage)
        stage.book_check.saw_nothing_wrong()


async def test_the_venues_cut_of_old_sockets_is_never_met() -> None:
    """Lives of 4 s instead of a day: every socket gets a successor at 2 s, and nobody notices."""
    terms = StreamTerms(life_s=2.0, overlap_s=0.5)
    async with scene(terms, socket_life_s=4.0) as stage:
        connector, components = stage.connector, stage.connector.components
        names = []
        for step in range(6):
            names.append(connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000 + step)))
            await until(lambda step=step: components.user.stream.counters.handovers > step // 2, "another successor")
        await until(lambda: all(connector.in_flight_orders[name].was_seen for name in names), "every order is there")
        streams = (components.streams.books.stream, components.streams.mark_trades.stream, components.user.stream)
        assert all(stream.counters.handovers >= 2 for stream in streams)
        assert stage.log.of(MarketEvent.FeedLost) == []
        assert stage.book_check.lost_s() == []
        assert len(stage.log.of(MarketEvent.BuyOrderCreated)) == len(names), "each was told once"
        assert components.feed.symbols[SYMBOL].gaps == 0
        trades = [trade.trade_id for trade in components.feed.symbols[SYMBOL].trades]
        assert len(trades) > 5 and trades == list(range(trades[0], trades[0] + len(trades))), "none twice, none missed"
        stage.book_check.saw_nothing_wrong()


async def test_two_sockets_for_each_stream_outlive_the_loss_of_one() -> None:
    async with scene(StreamTerms(copies=2, overlap_s=0.3)) as stage:
        stream = stage.connector.components.streams.books.stream.streams[0]
        await until(lambda: sum(socket.is_delivering for socket in stream.sockets) == 2, "both deliver")
        for _ in range(3):
            stream.sockets[0].drop("cut by hand")
            await sees_more(stage, 20)
            await until(lambda: sum(socket.is_delivering for socket in stream.sockets) == 2, "the second is back")
        assert stage.log.of(MarketEvent.FeedLost) == []
        assert stage.book_check.lost_s() == []
        assert stream.counters.connections == 5
        stage.book_check.saw_nothing_wrong()
