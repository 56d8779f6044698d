"""Lines of a recording are what the exchange that plays one reads."""

from decimal import Decimal

import pytest

from connector.bot.session.recording_lines import frame_line, funding_line, outage_line, snapshot_line
from connector.simulator.background.recorded_traffic import BookChange, FundingBounds, Outage, Print, facts_of
from connector.wire.funding_replies import FundingAdjustment

NS = 7_000_000
D = Decimal
BODY = b'{"lastUpdateId":7,"T":5,"bids":[["60000.00","1"]],"asks":[]}'
TRADE = b'{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","a":3,"s":"BTCUSDT","T":6,"p":"60000","q":"1","m":true}}'


def test_frames_and_snapshots_stay_as_they_came() -> None:
    assert frame_line(NS, TRADE) == b"7000000 " + TRADE + b"\n"
    assert list(facts_of(frame_line(NS, TRADE))) == [Print(6, "BTCUSDT", D(60_000), D(1), True, True, 3)]
    change = BookChange(5, "BTCUSDT", 7, ((D(60_000), D(1)),), (), True)
    assert list(facts_of(snapshot_line(NS, "BTCUSDT", BODY))) == [change]
    assert snapshot_line(NS, "", BODY) == frame_line(NS, BODY)


def test_a_reason_of_any_letters_is_told() -> None:
    reason = 'the socket said "no"\n\\ ü'
    line = outage_line(NS, "BTCUSDT", reason)
    assert line.count(b"\n") == 1
    assert list(facts_of(line)) == [Outage(7, "BTCUSDT", reason)]


@pytest.mark.parametrize(
    ("row", "bounds"),
    [
        (FundingAdjustment("BTCUSDT", 4 * 3_600_000, D("0.003"), D("-0.003")), (4, D("0.003"), D("-0.003"))),
        (FundingAdjustment("BTCUSDT", 3_600_000, None, None), (1, None, None)),
        (None, (8, None, None)),
    ],
)
def test_how_a_contract_settles_is_told(row: FundingAdjustment | None, bounds: tuple[object, ...]) -> None:
    (told,) = facts_of(funding_line(NS, "BTCUSDT", row))
    assert isinstance(told, FundingBounds)
    assert (told.hours, told.cap, told.floor) == bounds
