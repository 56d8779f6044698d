"""The venue's statistics over the port, of what happened on this exchange."""

from typing import Any

import pytest

from connector.simulator.market.candles import DAY_MS, HOUR_MS
from connector.simulator.market.positioning_history import PERIODS, SHORTEST_MS
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from tests.companions.simulator.callers import START_MS, Caller, SocketClient, caller, names

BY_SYMBOL = (
    "openInterestHist", "topLongShortAccountRatio", "topLongShortPositionRatio", "globalLongShortAccountRatio",
    "takerlongshortRatio",
)  # fmt: skip
BEGAN_MS = START_MS - START_MS % SHORTEST_MS


def asked(call: Caller, name: str, **params: object) -> Any:
    return call("GET", f"/futures/data/{name}", **{"symbol": "BTCUSDT", "period": "5m", **params})


@pytest.fixture
def held(call: Caller) -> Caller:
    """An hour in which the ready-made account bought 0.1 from another trader every five minutes, 0.04 of it at rest."""
    other = call.other()
    call.runtime.pulse()
    for _ in range(12):
        other.order("SELL", "0.06", "60000")
        call.order("BUY", "0.06")
        call.order("BUY", "0.04", "60000")
        other.order("SELL", "0.04")
        call.clock.advance(SHORTEST_MS)
        call.runtime.pulse()
    return call


async def test_every_row_is_answered_over_the_port(client: SocketClient, venue: LocalExchange) -> None:
    other = SocketClient(client.session, venue, venue.admit(venue.settings.deposit))
    await other.order("SELL", "0.2", "60000")
    await client.order("BUY", "0.2")
    await client.order("BUY", "0.1", "60000")
    await other.order("SELL", "0.1")
    answers = {name: await client("GET", f"/futures/data/{name}", symbol="BTCUSDT", period="1h") for name in BY_SYMBOL}
    assert {name: (len(rows), set(rows[0])) for name, rows in answers.items()} == {
        "openInterestHist": (
            1,
            names("symbol sumOpenInterest sumOpenInterestValue CMCCirculatingSupply timestamp"),
        ),
        **dict.fromkeys(BY_SYMBOL[1:4], (1, names("symbol longAccount longShortRatio shortAccount timestamp"))),
        "takerlongshortRatio": (1, names("buySellRatio sellVol buyVol timestamp")),
    }
    assert answers["openInterestHist"][0]["sumOpenInterest"] == "0.30000000"
    assert answers["globalLongShortAccountRatio"][0]["longShortRatio"] == "1.0000"
    assert answers["takerlongshortRatio"][0]["buyVol"] == "0.2000"
    (basis,) = await client("GET", "/futures/data/basis", pair="BTCUSDT", contractType="PERPETUAL", period="5m")
    assert (basis["pair"], basis["futuresPrice"], basis["basis"]) == ("BTCUSDT", "60000", "0")
    assert (await client("GET", "/futures/data/delivery-price", pair="BTCUSDT")) == []


def test_open_interest_grows_by_what_is_bought(held: Caller) -> None:
    rows = asked(held, "openInterestHist")
    assert [row["sumOpenInterest"] for row in rows] == [f"{n / 10:.8f}" for n in (*range(1, 13), 12)]
    assert [row["timestamp"] for row in rows] == [BEGAN_MS + n * SHORTEST_MS for n in range(13)]
    assert rows[-1]["sumOpenInterestValue"] == "72000.00000000"


def test_longer_periods_tell_how_things_stood_at_their_end(held: Caller) -> None:
    rows = asked(held, "openInterestHist", period="1h")
    assert len(rows) == 2
    assert all(row["timestamp"] % HOUR_MS == 0 for row in rows)
    assert rows[-1]["sumOpenInterest"] == "1.20000000"


def test_what_takers_bought_is_told_by_period(held: Caller) -> None:
    rows = asked(held, "takerlongshortRatio")
    told = [(row["buyVol"], row["sellVol"], row["buySellRatio"]) for row in rows]
    assert told == [("0.0600", "0.0400", "1.5000")] * 12


def test_a_period_in_which_takers_only_bought_has_no_row(held: Caller) -> None:
    other = held.other()
    other.order("SELL", "0.1", "60000")
    held.order("BUY", "0.1")
    assert len(asked(held, "takerlongshortRatio")) == 12
    held.order("BUY", "0.1", "60000")
    other.order("SELL", "0.1")
    assert len(asked(held, "takerlongshortRatio")) == 13


@pytest.mark.parametrize("name", BY_SYMBOL)
@pytest.mark.parametrize("back_ms", [SHORTEST_MS, 3 * SHORTEST_MS, 12 * SHORTEST_MS])
def test_no_row_lies_ahead_of_a_clock_that_stepped_back(held: Caller, name: str, back_ms: int) -> None:
    before = [row["timestamp"] for row in asked(held, name)]
    held.clock.advance(-back_ms)
    for _ in range(3):
        now_ms = held.runtime.now_ms()
        assert [row["timestamp"] for row in asked(held, name)] == [time_ms for time_ms in before if time_ms <= now_ms]
        held.runtime.pulse()


def test_a_time_that_comes_again_is_told_as_it_went_the_last_time(held: Caller) -> None:
    held.clock.advance(-4 * SHORTEST_MS)
    for _ in range(4):
        held.runtime.pulse()
        held.clock.advance(SHORTEST_MS)
    held.runtime.pulse()
    rows = asked(held, "openInterestHist")
    assert [row["sumOpenInterest"] for row in rows[-5:]] == ["1.20000000"] * 5
    assert rows[-6]["sumOpenInterest"] == "0.80000000"


@pytest.mark.parametrize("name", BY_SYMBOL[1:4])
def test_the_figures_of_a_ratio_agree_over_the_port(held: Caller, name: str) -> None:
    rows = asked(held, name)
    assert rows
    for row in rows:
        assert (row["longAccount"], row["shortAccount"], row["longShortRatio"]) == ("0.5000", "0.5000", "1.0000")


def test_nobody_who_holds_makes_no_ratio(call: Caller) -> None:
    assert asked(call, "globalLongShortAccountRatio") == []
    assert asked(call, "openInterestHist")[0]["sumOpenInterest"] == "0.00000000"


@pytest.mark.parametrize("period", PERIODS)
def test_every_period_is_answered(held: Caller, period: str) -> None:
    for name in BY_SYMBOL:
        assert asked(held, name, period=period)


def test_a_window_begins_at_its_start_and_a_limit_without_one_keeps_the_latest(held: Caller) -> None:
    times = [row["timestamp"] for row in asked(held, "openInterestHist")]
    assert [row["timestamp"] for row in asked(held, "openInterestHist", limit=2)] == times[-2:]
    since = {"startTime": times[3], "endTime": times[8]}
    assert [row["timestamp"] for row in asked(held, "openInterestHist", **since)] == times[3:9]
    assert [row["timestamp"] for row in asked(held, "openInterestHist", **since, limit=2)] == times[3:5]
    assert [row["timestamp"] for row in asked(held, "takerlongshortRatio", **since, limit=2)] == times[3:5]


@pytest.mark.parametrize("name", BY_SYMBOL)
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"symbol": "NOPE"}, -1121),
        ({"period": "3m"}, -1130),
        ({"period": "1w"}, -1130),
        ({"limit": 501}, -1130),
        ({"limit": 0}, -1130),
        ({"startTime": START_MS, "endTime": START_MS - 1}, -1023),
        ({"startTime": START_MS - 31 * DAY_MS}, -1130),
        ({"startTime": START_MS - 31 * DAY_MS, "endTime": START_MS}, -4165),
    ],
)
def test_what_is_no_window_or_period_is_refused(call: Caller, name: str, change: dict[str, Any], code: int) -> None:
    assert asked(call, name, **change)["code"] == code


def test_a_start_of_more_than_a_month_ago_is_named(call: Caller) -> None:
    reply = asked(call, "openInterestHist", startTime=START_MS - 31 * DAY_MS)
    assert reply == {"code": -1130, "msg": "parameter 'startTime' is invalid."}


def test_a_basis_is_that_of_a_pairs_contract_of_one_type(held: Caller) -> None:
    asks = {"pair": "BTCUSDT", "period": "5m"}
    assert len(held("GET", "/futures/data/basis", **asks, contractType="PERPETUAL")) == 13
    assert held("GET", "/futures/data/basis", **asks, contractType="CURRENT_QUARTER") == []
    assert held.code("GET", "/futures/data/basis", **asks, contractType="EVERY_DAY") == -4104
    assert held.code("GET", "/futures/data/basis", period="5m", pair="NOPE", contractType="PERPETUAL") == -4144
    assert held.code("GET", "/futures/data/delivery-price", pair="NOPE") == -4144


def test_statistics_draw_on_a_pool_of_their_own() -> None:
    me = caller(SimulatorSettings(background=False, limits=True))
    replies = [me.ask("GET", "/futures/data/delivery-price", pair="BTCUSDT") for _ in range(1000)]
    assert {reply.status for reply in replies} == {200}
    assert replies[-1].headers == {}
    last = me.ask("GET", "/futures/data/openInterestHist", symbol="BTCUSDT", period="5m")
    assert (last.status, last.headers["Retry-After"]) == (429, "100")
    assert me.ask("GET", "/fapi/v1/ping").headers == {"X-MBX-USED-WEIGHT-1M": "1"}


def test_a_busy_market_has_ratios_of_its_own_traders() -> None:
    me = caller(SimulatorSettings(limits=False, instruments=SimulatorSettings().instruments[:1]))
    for _ in range(60):
        me.clock.advance(50)
        me.runtime.pulse()
    (row,) = asked(me, "globalLongShortAccountRatio")
    assert 0 < float(row["longAccount"]) < 1
    (taken,) = asked(me, "takerlongshortRatio")
    assert float(taken["buyVol"]) > 0 < float(taken["sellVol"])
