import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest

from connector.simulator.background.recorded_traffic import (
    BookChange,
    Fact,
    FundingBounds,
    Outage,
    Priced,
    Print,
    facts_of,
    first_snapshots,
    read_recording,
)
from connector.simulator.errors import BadInput
from tests.companions.places import RECORDED
from tests.companions.simulator.recordings import SNAPSHOT, depth, trade, written


def test_a_gz_recording_gives_its_facts_in_order(tmp_path: Path) -> None:
    path = written(tmp_path, [depth(99), SNAPSHOT, depth(101, bids=[["59999.90", "2.000"]]), trade("60000.10", "0.5")])
    facts = list(read_recording(path))
    assert [type(fact) for fact in facts] == [BookChange, BookChange, BookChange, Print]
    assert [fact.snapshot for fact in facts if isinstance(fact, BookChange)] == [False, True, False]
    assert facts[2].bids == ((Decimal("59999.90"), Decimal(2)),)  # type: ignore[union-attr]
    assert facts[3] == Print(facts[3].at_ms, "BTCUSDT", Decimal("60000.10"), Decimal("0.5"), False, False)


def test_aggregates_count_only_where_there_are_no_single_trades(tmp_path: Path) -> None:
    aggregate = trade("60000.10", "0.5", kind="aggTrade")
    both = written(tmp_path, [SNAPSHOT, aggregate, trade("60000.10", "0.5")], "both.gz")
    alone = written(tmp_path, [SNAPSHOT, aggregate], "alone.gz")
    assert [fact.aggregate for fact in read_recording(both) if isinstance(fact, Print)] == [False]
    assert [fact.aggregate for fact in read_recording(alone) if isinstance(fact, Print)] == [True]


def test_a_folder_is_merged_by_the_time_of_arrival(tmp_path: Path) -> None:
    frames = [{"received": at, "frame": json.dumps({"stream": "x", "data": depth(at)})} for at in (5, 7)]
    snapshot = {"received": 6.5, "symbol": "BTCUSDT", "body": json.dumps(SNAPSHOT)}
    (tmp_path / "frames.jsonl").write_text("\n".join(map(json.dumps, frames)))
    (tmp_path / "depth_snapshots.jsonl").write_text(json.dumps(snapshot))
    facts = list(read_recording(tmp_path))
    assert [fact.at_ms for fact in facts] == [5_000, 6_500, 7_000]
    assert set(first_snapshots(tmp_path)) == {"BTCUSDT"}


def test_a_snapshot_without_a_name_is_of_the_symbol_that_came_before(tmp_path: Path) -> None:
    assert list(first_snapshots(written(tmp_path, [depth(99), SNAPSHOT]))) == ["BTCUSDT"]


def test_a_recording_that_cannot_be_played_says_why(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no recording"):
        read_recording(tmp_path / "nothing")
    with pytest.raises(BadInput, match="without a depth snapshot"):
        first_snapshots(written(tmp_path, [depth(99)]))
    broken = tmp_path / "broken.gz"
    broken.write_bytes(gzip.compress(b'1 {"lastUpdateId":1,"bids":[],"asks":[]}\n2 {"stream'))
    with pytest.raises(BadInput, match="line 2"):
        list(read_recording(broken))
    broken.write_bytes(b"no gzip")
    with pytest.raises(BadInput, match="line 1"):
        list(read_recording(broken))


def told(stream: str, data: dict[str, object]) -> list[Fact]:
    return list(facts_of(f"5000000 {json.dumps({'stream': stream, 'data': data})}".encode()))


def test_a_snapshot_of_a_stream_is_of_its_symbol() -> None:
    (change,) = told("ethusdt@snapshot", SNAPSHOT)
    assert isinstance(change, BookChange)
    assert (change.symbol, change.snapshot, change.at_ms) == ("ETHUSDT", True, 5)


def test_mark_price_funding_and_outages_are_facts() -> None:
    mark = {"e": "markPriceUpdate", "E": 9, "s": "BTCUSDT", "p": "60000.1", "i": "60000", "r": "-0.0001", "T": 77}
    assert told("btcusdt@markPrice@1s", mark) == [
        Priced(9, "BTCUSDT", Decimal("60000.1"), Decimal(60000), Decimal("-0.0001"), 77)
    ]
    assert told("btcusdt@markPrice@1s", mark | {"r": ""})[0].rate is None  # type: ignore[union-attr]
    assert told("btcusdt@fundingInfo", {"hours": 4, "cap": "0.003", "floor": None}) == [
        FundingBounds(5, "BTCUSDT", 4, Decimal("0.003"), None)
    ]
    assert told("btcusdt@outage", {"reason": "a gap"}) == [Outage(5, "BTCUSDT", "a gap")]


def test_a_trade_has_the_venues_number() -> None:
    single, aggregate = trade("60000", "1") | {"t": 8}, trade("60000", "1", kind="aggTrade") | {"a": 9}
    assert [told("x", row)[0].number for row in (single, aggregate)] == [8, 9]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("stream", "data"),
    [
        ("x", trade("-1", "1")),
        ("x", trade("1e30", "1")),
        ("x", trade("60000", "NaN")),
        ("x", trade("60000", "1") | {"T": 10**30}),
        ("x", {"e": "markPriceUpdate", "s": "BTCUSDT", "p": "0", "i": "1", "T": 0}),
        ("btcusdt@fundingInfo", {"hours": 0, "cap": None, "floor": None}),
    ],
    ids=["negative", "huge", "nan", "late", "worthless", "never"],
)
def test_a_figure_that_can_be_none_of_a_market_is_refused(stream: str, data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"no figure|no time|a price of|an interval of"):
        told(stream, data)


@pytest.mark.skipif(not RECORDED.exists(), reason="the recordings are not beside the project")
def test_the_venues_recordings_are_read_whole() -> None:
    facts = list(read_recording(RECORDED / "usdm-2024-08-08" / "btcusdt.gz"))
    changes = [fact for fact in facts if isinstance(fact, BookChange)]
    assert (len(changes), len(facts) - len(changes)) == (6_551 + 1, 21_313)
    assert set(first_snapshots(RECORDED / "usdm-2021-07-22")) == {"SUSHIUSDT", "AKROUSDT", "KEEPUSDT", "CTKUSDT"}
