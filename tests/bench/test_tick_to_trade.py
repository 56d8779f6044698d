"""From a frame to the bytes that answer it, measured."""

import json
from pathlib import Path
from typing import ClassVar

import pytest
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from connector.strategies.setting_kinds import Replace
from tests.bench import tick_to_trade
from tests.bench.orders.rig import canned_venue
from tests.bench.tick_to_trade import Row
from tests.companions.local_trading import until
from tests.strangers.conftest import strangers_python


def test_each_answer_stands_beside_the_bare_loop_that_sends_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tick_to_trade, "WARM_UP", 2)
    monkeypatch.setattr(tick_to_trade, "LOOKS", 200)
    monkeypatch.setattr(tick_to_trade, "STRANGERS_PYTHON", Path("nowhere"))
    answers, looks = tick_to_trade.measure(1, 6, (0,))
    assert {row.name for row in answers} == {*tick_to_trade.BARE, *tick_to_trade.BARE.values()}
    assert {row.name for row in looks} == {"look"}
    assert all(row.p50_us > 0 for row in (*answers, *looks))


def test_the_same_loop_on_ccxt_is_a_column_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    strangers_python()
    monkeypatch.setattr(tick_to_trade, "WARM_UP", 2)
    with canned_venue() as domain:
        taken = tick_to_trade._of_ccxt(domain, Replace.CANCEL_AND_NEW, 4, 0)
        taken |= tick_to_trade._of_ccxt(domain, Replace.MODIFY, 4, 0)
    assert {name: len(samples) for name, samples in taken.items()} == {
        "ccxt-cancel": 4, "ccxt-replace": 4, "ccxt-modify": 4,
    }  # fmt: skip
    assert all(sample > 0 for samples in taken.values() for sample in samples)


async def test_the_canned_venue_answers_a_ping_so_that_no_connection_ends_while_another_way_is_measured() -> None:
    class Heard(WSListener):
        pongs: ClassVar[list[bytes]] = []

        def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
            if frame.msg_type == WSMsgType.PONG:
                self.pongs.append(frame.get_payload_as_bytes())

    with canned_venue() as domain:
        transport, _ = await ws_connect(Heard, domain.ws_api)
        transport.send_ping()
        await until(lambda: Heard.pongs == [b""], "the pong")
        transport.disconnect(graceful=False)


def test_where_ccxt_is_not_installed_the_output_says_how_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tick_to_trade, "STRANGERS_PYTHON", Path("nowhere"))
    monkeypatch.setattr(tick_to_trade, "measure", lambda runs: [])
    assert tick_to_trade.run(1, is_json=True) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"{tick_to_trade.LEFT_OUT}\n")


@pytest.mark.parametrize(
    ("bare", "cancel", "ends"),
    [((50.0, 90.0), (79.0, 120.0), 0), ((50.0, 90.0), (81.0, 120.0), 1), ((80.0, 90.0), (101.0, 120.0), 1)],
)
def test_a_figure_above_its_bound_ends_with_1_and_each_is_an_object_a_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    bare: tuple[float, float],
    cancel: tuple[float, float],
    ends: int,
) -> None:
    rows = [_row("bare-cancel", *bare), _row("tick-cancel", *cancel)]
    monkeypatch.setattr(tick_to_trade, "measure", lambda runs: [rows])
    assert tick_to_trade.run(1, is_json=True) == ends
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first == {
        "name": "bare-cancel", "pace_ms": 2, "p50_us": bare[0], "p99_us": bare[1], "min_us": bare[0], "max_us": bare[0],
    }  # fmt: skip
    assert second["name"] == "tick-cancel"


@pytest.mark.parametrize(("slowest", "ends"), [(400.0, 0), (401.0, 1)])
def test_the_slowest_new_orders_are_bound_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], slowest: float, ends: int
) -> None:
    rows = [_row("tick-replace", 90.0, slowest), _row("bare-replace", 60.0, 100.0)]
    monkeypatch.setattr(tick_to_trade, "measure", lambda runs: [rows])
    assert tick_to_trade.run(1, is_json=False) == ends
    told = capsys.readouterr().out.splitlines()[1]
    assert "1.50  at most 150 and bare + 45, p99 400" in told
    assert told.endswith("MISSED") is bool(ends)


def test_the_figures_of_a_pace_are_there_before_the_next_pace_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[int] = []

    async def samples(_domain: object, _folder: Path, way: Replace, pace_ms: int, ticks: int) -> dict[str, list[float]]:
        measured.append(pace_ms)
        return {f"tick-{way}": [1.0] * ticks, "look": [0.1]}

    monkeypatch.setattr(tick_to_trade, "_measured", samples)
    monkeypatch.setattr(tick_to_trade, "STRANGERS_PYTHON", Path("nowhere"))
    told = tick_to_trade.measure(2, 3, (0, 2))
    assert [row.pace_ms for row in next(told)] == [0, 0]
    assert measured == [0] * 4
    assert [row.pace_ms for row in next(told)] == [2, 2]


def _row(name: str, p50_us: float, p99_us: float) -> Row:
    return Row(name, 2, p50_us, p99_us, p50_us, p50_us)
