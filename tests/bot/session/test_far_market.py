"""What is written of a market that is followed: as it is seen, and that it is not."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from connector.bot.session.far_market import MOST_WAITING, FarMarket
from connector.core.faults import ConfigFault, UnavailableFault
from connector.net.system_clock import SystemClock
from connector.simulator.background.recorded_traffic import (
    BookChange,
    Fact,
    FundingBounds,
    Outage,
    Priced,
    Print,
    facts_of,
)
from connector.simulator.market.instruments_file import read_instruments
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, Trader, until
from tests.companions.net.gateways import domain_of


class Tape:
    """What was written, and how much of it waits."""

    def __init__(self) -> None:
        self.waiting = 0
        self.facts: list[Fact] = []

    def write(self, line: bytes) -> None:
        self.facts += facts_of(line)

    def outages(self) -> list[str]:
        return [fact.reason for fact in self.facts if isinstance(fact, Outage)]

    def since_last_loss(self) -> list[Fact]:
        last = max(at for at, fact in enumerate(self.facts) if isinstance(fact, Outage) and fact.reason)
        return self.facts[last + 1 :]


class Followed:
    """A market that is followed, what was written of it and what was told."""

    def __init__(self, venue: LocalExchange) -> None:
        self.tape, self.told = Tape(), list[str]()
        self.far = FarMarket(domain_of(venue), PAIR, SystemClock(), self.told.append)

    async def is_seen_again(self, outages: int = 1) -> None:
        await until(lambda: len(self.told) == 2 * outages, f"{outages} outages are over")


@pytest.fixture
async def followed(venue: LocalExchange, trader: Trader) -> AsyncIterator[Followed]:
    made = Followed(venue)
    await made.far.listed()
    following = asyncio.create_task(made.far.follow(made.tape))
    await made.far.seen(10)
    yield made
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following
    await made.far.close()


async def test_its_contract_is_listed_alone_with_its_price_of_now(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    far = Followed(venue).far
    (tmp_path / "list.json").write_bytes(await far.listed())
    await far.close()
    (row,) = read_instruments(tmp_path / "list.json").instruments
    listing = venue.engine.listings["BTCUSDT"]
    assert (row.symbol, row.tick, row.step) == ("BTCUSDT", listing.instrument.tick, listing.instrument.step)
    assert abs(row.start_price - 60_000) < 100


async def test_it_begins_out_of_sight_and_is_seen_once_its_book_is_written(followed: Followed) -> None:
    facts = followed.tape.facts
    assert followed.tape.outages() == ["not seen yet", ""]
    seen = facts.index(next(fact for fact in facts if isinstance(fact, Outage) and not fact.reason))
    snapshot = next(fact for fact in facts[:seen] if isinstance(fact, BookChange) and fact.snapshot)
    assert (snapshot.symbol, snapshot.bids[0][0], snapshot.asks[0][0]) == ("BTCUSDT", 59_990, 60_010)
    assert any(isinstance(fact, Priced) for fact in facts[:seen])
    assert followed.told == [], "the beginning is no outage"


async def test_trades_and_funding_are_written_as_they_come(followed: Followed, venue: LocalExchange) -> None:
    Trader(venue).take(BUY, "0.25")
    await until(lambda: any(isinstance(fact, Print) for fact in followed.tape.facts), "the trade is written")
    (trade,) = (fact for fact in followed.tape.facts if isinstance(fact, Print))
    assert (trade.price, str(trade.amount), trade.buyer_is_maker) == (60_010, "0.250", False)
    await until(lambda: any(isinstance(fact, FundingBounds) for fact in followed.tape.facts), "funding is written")
    assert followed.far.frames > 0


async def test_sockets_that_are_cut_are_an_outage_and_its_end_has_a_new_book(
    followed: Followed, venue: LocalExchange
) -> None:
    venue.faults.arm("cut_sockets")
    await until(lambda: bool(followed.told), "it is told")
    lost = followed.told[0]
    assert lost.startswith("binance_perpetual_local is out of sight (")
    assert lost.endswith("): the dry run's market is halted until it is back")
    await followed.is_seen_again()
    assert followed.told[1].startswith("binance_perpetual_local is seen again after ")
    since = followed.tape.since_last_loss()
    assert [fact.reason for fact in since if isinstance(fact, Outage)] == [""]
    assert any(isinstance(fact, BookChange) and fact.snapshot for fact in since)
    assert followed.far.outages == 1


async def test_a_gap_in_the_book_is_an_outage(followed: Followed, venue: LocalExchange, trader: Trader) -> None:
    venue.faults.arm("depth_gap")
    trader.quote(BUY, "59000", "1")
    await until(lambda: bool(followed.told), "it is told")
    assert "gap: pu " in followed.told[0]
    trader.quote(SELL, "61000", "1")
    await followed.is_seen_again()


async def test_a_mark_price_that_falls_silent_is_an_outage_after_which_the_book_is_read_anew(
    followed: Followed, venue: LocalExchange
) -> None:
    venue.faults.arm("silent_stream", stream="btcusdt@markPrice@1s", ms=7_000)
    await until(lambda: bool(followed.told), "it is told", 15)
    assert "mark_price silent for 5" in followed.told[0]
    await until(lambda: len(followed.told) == 2, "it is over", 20)
    assert any(isinstance(fact, BookChange) and fact.snapshot for fact in followed.tape.since_last_loss())


async def test_a_contract_that_does_not_trade_any_more_is_out_of_sight_until_it_does(
    followed: Followed, venue: LocalExchange
) -> None:
    venue.engine.set_status("BTCUSDT", "TRADING_HALT")
    await until(lambda: bool(followed.told), "it is told")
    assert "(BTC-USDT does not trade there: TRADING_HALT)" in followed.told[0]
    venue.engine.set_status("BTCUSDT", "TRADING")
    await followed.is_seen_again()
    assert any(isinstance(fact, BookChange) and fact.snapshot for fact in followed.tape.since_last_loss())


async def test_a_reader_that_does_not_keep_up_is_an_outage_until_it_has_read_all(
    followed: Followed, trader: Trader
) -> None:
    followed.tape.waiting = MOST_WAITING + 1
    trader.quote(BUY, "59000", "1")
    await until(lambda: bool(followed.told), "it is told")
    assert "the local exchange does not keep up" in followed.told[0]
    before = followed.far.frames
    trader.quote(BUY, "59001", "1")
    await until(lambda: len(followed.tape.since_last_loss()) == 0, "nothing more is written")
    assert followed.far.frames == before
    followed.tape.waiting = 0
    await followed.is_seen_again()
    book = next(fact for fact in followed.tape.since_last_loss() if isinstance(fact, BookChange) and fact.snapshot)
    assert [str(price) for price, _ in book.bids][-2:] == ["59001.00", "59000.00"]


async def test_a_market_that_is_not_seen_in_time_says_what_it_waits_for(venue: LocalExchange, trader: Trader) -> None:
    venue.faults.arm("silent_stream", ms=60_000)
    made = Followed(venue)
    await made.far.listed()
    following = asyncio.create_task(made.far.follow(made.tape))
    with pytest.raises(
        UnavailableFault, match=r"no market of binance_perpetual_local within 1 s: BTC-USDT: no .* frame"
    ):
        await made.far.seen(1)
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following
    await made.far.close()


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"rest": "http://127.0.0.1:9"}, r"^127\.0\.0\.1 \(requests\) can't be reached"),
        ({"stream": "ws://127.0.0.1:9"}, r"^127\.0\.0\.1 \(streams\) can't be reached"),
    ],
)
async def test_a_host_that_cannot_be_reached_is_named(venue: LocalExchange, changes: dict[str, str], line: str) -> None:
    far = FarMarket(replace(domain_of(venue), **changes), PAIR, SystemClock(), str)  # type: ignore[arg-type]
    with pytest.raises(UnavailableFault, match=line):
        await far.listed()
    await far.close()


async def test_a_pair_that_is_not_listed_is_said(venue: LocalExchange) -> None:
    far = FarMarket(domain_of(venue), "NOPE-USDT", SystemClock(), str)
    with pytest.raises(ConfigFault, match="NOPE-USDT: no such perpetual pair at the exchange"):
        await far.listed()
    await far.close()
