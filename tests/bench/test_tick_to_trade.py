"""From a frame to the bytes that answer it, measured."""

import json
from pathlib import Path
from typing import ClassVar

import pytest
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from tests.bench import tick_to_trade
from tests.bench.orders.rig import canned_venue
from tests.bench.tick_to_trade import Row
from tests.companions.local_trading import until
from tests.strangers.conftest import strangers_python


def test_each_answer_stands_beside_the_bare_loop_that_sends_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tick_to_trade, "WARM_UP", 2)
    monkeypatch.setattr(tick_to_trade, "LOOKS", 200)
    monkeypatch.setattr(tick_to_trade, "STRANGERS_PYTHON", Path("nowhere"))
    rows = {(row.name, row.pace_ms): row for row in tick_to_trade.measure(1, 6, (0,))}
    assert {name for name, pace in rows if pace == 0} == {*tick_to_trade.BARE, *tick_to_trade.BARE.values()}
    assert {name for name, pace in rows if pace < 0} == {"look"}
    assert all(row.p50_us > 0 for row in rows.values())


def test_the_same_loop_on_ccxt_is_a_column_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    strangers_python()
    monkeypatch.setattr(tick_to_trade, "WARM_UP", 2)
    with canned_venue() as domain:
        taken = {name: samples for name, _, samples in tick_to_trade._of_ccxt(domain, 4, (0,))}
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


def test_a_figure_above_its_bound_ends_with_1_and_each_is_an_object_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measured(*figures: float) -> list[Row]:
        return [Row("bare-cancel", 2, figures[0], 90.0), Row("tick-cancel", 2, figures[1], 120.0)]

    for figures, ends in (((50.0, 79.0), 0), ((50.0, 81.0), 1), ((80.0, 101.0), 1)):
        monkeypatch.setattr(tick_to_trade, "measure", lambda runs, figures=figures: measured(*figures))
        assert tick_to_trade.run(1, is_json=True) == ends
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines()[:2])
    assert first == {"name": "bare-cancel", "pace_ms": 2, "p50_us": 50.0, "p99_us": 90.0}
    assert second["name"] == "tick-cancel"
