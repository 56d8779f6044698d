import pickle
import stat
import zlib
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from connector.core.clock import ManualClock
from connector.simulator.errors import BadInput
from connector.simulator.persistence.saved_state import MAGIC, VERSION, load
from connector.simulator.persistence.state_hash import state_hash
from connector.simulator.runtime import Runtime
from tests.companions.simulator.callers import QUIET, START_MS, Caller


def at(path: Path, now_ms: int = START_MS) -> Caller:
    clock = ManualClock(now_ms)
    runtime = Runtime(replace(QUIET, background=True, clock=clock, state=path))
    return Caller(runtime, clock, runtime.member)


def busy(path: Path) -> Caller:
    """A floor on which the ready-made account traded, and left orders."""
    me = at(path)
    for _ in range(40):
        me.runtime.pulse()
        me.clock.advance(50)
    me.order("BUY", "0.01")
    me.order("BUY", "0.002", "59000", newClientOrderId="resting")
    conditional = {"algoType": "CONDITIONAL", "type": "STOP_MARKET", "triggerPrice": "50000", "closePosition": "true"}
    me("POST", "/fapi/v1/algoOrder", symbol="BTCUSDT", side="SELL", **conditional)
    me("POST", "/fapi/v1/countdownCancelAll", symbol="ETHUSDT", countdownTime=600_000)
    me("GET", "/fapi/v1/ticker/24hr", symbol="BTCUSDT")
    me.order("BUY", "0.002", "58900", newClientOrderId="dated", timeInForce="GTD", goodTillDate=START_MS + 3_600_000)
    return me


def test_a_life_goes_on_after_a_restart_with_all_that_it_knew(tmp_path: Path) -> None:
    before = busy(tmp_path / "state")
    before.runtime.close()
    after = at(tmp_path / "state", START_MS + 600_000)
    assert state_hash(after.runtime.engine) == state_hash(before.runtime.engine)
    assert (after.runtime.life, after.member) == (before.runtime.life, before.member)
    for path in (
        "/fapi/v1/openOrders",
        "/fapi/v1/openAlgoOrders",
        "/fapi/v1/userTrades",
        "/fapi/v1/income",
        "/fapi/v3/positionRisk",
    ):
        assert after("GET", path, symbol="BTCUSDT") == before("GET", path, symbol="BTCUSDT") != []


def test_what_comes_next_is_new_and_works(tmp_path: Path) -> None:
    before = busy(tmp_path / "state")
    before.runtime.close()
    after = at(tmp_path / "state", START_MS + 600_000)
    known = {row["orderId"] for row in before("GET", "/fapi/v1/allOrders", symbol="BTCUSDT")}
    placed = after.order("BUY", "0.002", "58800")
    assert placed["orderId"] > max(known)
    assert after("DELETE", "/fapi/v1/order", symbol="BTCUSDT", origClientOrderId="resting")["status"] == "CANCELED"
    after.clock.advance(3_600_000)
    after.runtime.pulse()
    assert after("GET", "/fapi/v1/order", symbol="BTCUSDT", origClientOrderId="dated")["status"] == "EXPIRED"


def test_the_background_goes_on_where_it_was_as_if_nothing_had_been(tmp_path: Path) -> None:
    before = busy(tmp_path / "state")
    before.runtime.close()
    after = at(tmp_path / "state", START_MS + 86_400_000)
    for me in (before, after):
        for _ in range(40):
            me.runtime.pulse()
            me.clock.advance(50)
    assert after.runtime.background.steps == before.runtime.background.steps
    assert after.runtime.background.hash == before.runtime.background.hash


def test_the_file_is_the_owners_alone_and_whole_at_any_time(tmp_path: Path) -> None:
    path = tmp_path / "state"
    busy(path).runtime.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["state"]


def test_without_a_file_a_new_life_begins(tmp_path: Path) -> None:
    assert load(tmp_path / "state") is None
    assert at(tmp_path / "state").runtime.life != at(tmp_path / "state").runtime.life


def filed(path: Path, body: bytes, version: int = VERSION) -> Path:
    path.write_bytes(f"{MAGIC} {version} {sha256(body).hexdigest()}\n".encode() + body)
    return path


class Harm:
    def __reduce__(self) -> object:
        return print, ("harm",)


def test_a_file_that_is_no_state_is_refused_and_harms_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "state"
    busy(path).runtime.close()
    kept = path.read_bytes()
    for content, names in (
        (b"", "no state"),
        (kept[:-1], "checksum"),
        (kept.replace(b" 1 ", b" 9 ", 1), "another release"),
    ):
        path.write_bytes(content)
        with pytest.raises(BadInput, match=names):
            load(path)
    for body in (b"", zlib.compress(pickle.dumps(Harm())), zlib.compress(pickle.dumps({"engine": 1}))):
        with pytest.raises(BadInput, match="move it away"):
            load(filed(path, body))
    assert capsys.readouterr().out == ""
