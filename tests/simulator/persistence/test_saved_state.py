import asyncio
import json
import pickle
import stat
import tracemalloc
import zlib
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from connector.core.clock import ManualClock
from connector.simulator.errors import BadInput
from connector.simulator.persistence import saved_state
from connector.simulator.persistence.saved_state import MAGIC, VERSION, load, save
from connector.simulator.persistence.state_hash import state_hash
from connector.simulator.runtime import Runtime
from tests.companions.simulator.callers import QUIET, START_MS, Caller


def at(path: Path, now_ms: int = START_MS) -> Caller:
    clock = ManualClock(now_ms)
    runtime = Runtime(replace(QUIET, background=True, clock=clock, state=path))
    return Caller(runtime, clock, runtime.default_key)


def busy(path: Path) -> Caller:
    """An exchange on which the ready-made account traded, and left orders."""
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
    key = me.sender.api_key
    me.local("PUT", "/local/v1/key", api_key=key, universal_transfer="true")
    me.local("POST", "/local/v1/transfer", api_key=key, asset="USDT", amount="12.5", wallet="spot")
    me("POST", "/sapi/v1/asset/transfer", type="MAIN_UMFUTURE", asset="USDT", amount="2.25")
    me.local("POST", "/local/v1/account", deposit=5, owner=key)
    me.order("BUY", "0.002", "58900", newClientOrderId="dated", timeInForce="GTD", goodTillDate=START_MS + 3_600_000)
    return me


def test_a_life_goes_on_after_a_restart_with_all_that_it_knew(tmp_path: Path) -> None:
    before = busy(tmp_path / "state")
    before.runtime.close()
    after = at(tmp_path / "state", START_MS + 600_000)
    assert state_hash(after.runtime.engine) == state_hash(before.runtime.engine)
    assert (after.runtime.epoch_name, after.sender) == (before.runtime.epoch_name, before.sender)
    for path in (
        "/fapi/v1/openOrders",
        "/fapi/v1/openAlgoOrders",
        "/fapi/v1/userTrades",
        "/fapi/v1/income",
        "/fapi/v3/positionRisk",
    ):
        assert after("GET", path, symbol="BTCUSDT") == before("GET", path, symbol="BTCUSDT") != []


def test_wallets_their_moves_owners_and_statistics_are_kept(tmp_path: Path) -> None:
    before = busy(tmp_path / "state")
    before.clock.advance(300_000)
    before.runtime.pulse()
    before.runtime.close()
    after = at(tmp_path / "state", before.clock.now_ms() + 10_000)
    for path, terms in (
        ("/sapi/v1/asset/transfer", {"type": "MAIN_UMFUTURE"}),
        ("/sapi/v1/asset/wallet/balance", {"needBalanceDetail": "true"}),
        ("/fapi/v1/accountConfig", {}),
        ("/sapi/v1/account/apiRestrictions", {}),
        ("/futures/data/openInterestHist", {"symbol": "BTCUSDT", "period": "5m"}),
    ):
        assert after("GET", path, **terms) == before("GET", path, **terms)
    assert after("GET", "/sapi/v1/asset/transfer", type="MAIN_UMFUTURE")["rows"][0]["amount"] == "2.25"
    assert len(after("GET", "/futures/data/openInterestHist", symbol="BTCUSDT", period="5m")) == 2
    assert after("GET", "/fapi/v1/accountConfig")["tradeGroupId"] == after.sender.account_id


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


def test_a_life_that_was_kept_in_the_middle_of_a_step_of_the_market_goes_on_with_the_rest_of_it(tmp_path: Path) -> None:
    before = busy(tmp_path / "state")
    steps = before.runtime.background.steps
    next(before.runtime.trading())
    assert before.runtime.background.steps == steps, "the step is not whole yet"
    before.runtime.close()
    after = at(tmp_path / "state", before.clock.now_ms())
    for me in (before, after):
        for _ in range(40):
            me.runtime.pulse()
            me.clock.advance(50)
    assert after.runtime.background.steps == before.runtime.background.steps > steps
    assert after.runtime.background.hash == before.runtime.background.hash
    assert state_hash(after.runtime.engine) == state_hash(before.runtime.engine)


def test_the_file_is_the_owners_alone_and_whole_at_any_time(tmp_path: Path) -> None:
    path = tmp_path / "state"
    busy(path).runtime.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["state"]


async def test_a_life_that_goes_on_is_kept_as_it_was_when_that_was_asked(tmp_path: Path) -> None:
    path = tmp_path / "state"
    runtime = Runtime(replace(QUIET, clock=ManualClock(START_MS), state=path))
    me = Caller(runtime, ManualClock(START_MS), runtime.default_key)
    me.order("BUY", "0.01", "50000")
    before = state_hash(runtime.engine)
    keeping = asyncio.create_task(runtime.keep_aside())
    await asyncio.sleep(0)
    me.order("BUY", "0.01", "50001")
    await keeping
    kept = load(path)
    assert kept is not None and state_hash(kept.engine) == before != state_hash(runtime.engine)
    assert names_in(tmp_path) == ["state"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_keeping_that_is_broken_off_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "state"
    runtime = Runtime(replace(QUIET, clock=ManualClock(START_MS), state=path))
    runtime.keep()
    before = path.read_bytes()
    keeping = asyncio.create_task(runtime.keep_aside())
    await asyncio.sleep(0)
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert path.read_bytes() == before
    assert names_in(tmp_path) == ["state"]


async def test_keeping_aside_raises_what_the_disk_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = Runtime(replace(QUIET, clock=ManualClock(START_MS), state=tmp_path / "state"))
    monkeypatch.setattr(saved_state, "MOST_BYTES", 1_000)
    with pytest.raises(OSError, match="more than a file may hold"):
        await runtime.keep_aside()
    assert names_in(tmp_path) == []


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


def test_without_a_file_a_new_life_begins(tmp_path: Path) -> None:
    assert load(tmp_path / "state") is None
    assert at(tmp_path / "state").runtime.epoch_name != at(tmp_path / "state").runtime.epoch_name


def filed(path: Path, body: bytes, size: int | None = None, version: int = VERSION) -> Path:
    """A file with a right checksum; `size` is what it says that it unpacks to."""
    said = len(zlib.decompress(body)) if size is None else size
    path.write_bytes(b"%s %d %s %d\n" % (MAGIC, version, sha256(body).hexdigest().encode(), said) + body)
    return path


def state_in(path: Path) -> Any:
    return json.loads(zlib.decompress(path.read_bytes().partition(b"\n")[2]))


def test_a_file_names_no_module_and_no_class(tmp_path: Path) -> None:
    busy(tmp_path / "state").runtime.close()
    text = zlib.decompress((tmp_path / "state").read_bytes().partition(b"\n")[2])
    assert b"connector" not in text and b"simulator" not in text
    assert b"MarginPools" not in text and b"RiskMonitor" not in text


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (b"", "no state of an exchange"),
        (b"anything at all\n", "no state of an exchange"),
        (b"connector-exchange-state 9 checksum 5\nbody", "another release"),
        (b"connector-exchange-state %d checksum 5\nbody" % VERSION, "checksum"),
        (b"connector-exchange-state %d checksum\nbody" % VERSION, "checksum"),
    ],
)
def test_a_file_that_is_no_state_is_refused_by_name(tmp_path: Path, content: bytes, names: str) -> None:
    (tmp_path / "state").write_bytes(content)
    with pytest.raises(BadInput, match=names):
        load(tmp_path / "state")


def test_a_file_that_lost_its_last_byte_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state"
    busy(path).runtime.close()
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BadInput, match="damaged"):
        load(path)


class Harm:
    def __reduce__(self) -> object:
        return print, ("harm",)


def test_a_state_of_the_first_format_is_refused_in_one_line_that_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was a pickle, which is not even looked at."""
    path, body = tmp_path / "state", zlib.compress(pickle.dumps(Harm()))
    path.write_bytes(b"%s 1 %s\n" % (MAGIC, sha256(body).hexdigest().encode()) + body)
    with pytest.raises(BadInput) as refused:
        load(path)
    assert str(refused.value) == (
        f"{path} was saved by another release (format 1, this one reads format {VERSION}); start the release that "
        "saved it, or move the file away to begin anew"
    )
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b'{"state":1}',
        b'{"name":"a","steady_ms":1,"state":{"root":["plain",[null]],"objects":[]}}',
        b'{"name":"a","steady_ms":1,"state":{"root":["ref","os.system",[0]],"objects":[["os.system",{"a":["plain",[1]]}]]}}',
        b"[" * 200_000,
        pickle.dumps(Harm()),
    ],
)
def test_whatever_else_is_in_a_file_is_refused_and_harms_nobody(
    tmp_path: Path, text: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path = filed(tmp_path / "state", zlib.compress(text))
    with pytest.raises(BadInput, match="move it away"):
        load(path)
    assert capsys.readouterr().out == ""


def test_a_state_with_its_parts_exchanged_is_no_life(tmp_path: Path) -> None:
    path = tmp_path / "state"
    busy(path).runtime.close()
    whole = state_in(path)
    for changed in ({"name": 7}, {"steady_ms": "soon"}):
        filed(path, zlib.compress(json.dumps({**whole, **changed}).encode()))
        with pytest.raises(BadInput, match="holds no life"):
            load(path)


@pytest.mark.parametrize("says", [1_000, 2**30])
def test_a_file_that_unpacks_to_a_gigabyte_is_refused_before_it_does(tmp_path: Path, says: int) -> None:
    packing = zlib.compressobj()
    begin = packing.compress(bytes(2**20)) + packing.flush(zlib.Z_FULL_FLUSH)
    again = packing.compress(bytes(2**20)) + packing.flush(zlib.Z_FULL_FLUSH)
    path = filed(tmp_path / "state", begin + again * 1_023, says)
    tracemalloc.start()
    with pytest.raises(BadInput, match="another size"):
        load(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2**24


def test_a_life_too_great_for_a_file_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state"
    busy(path).runtime.close()
    kept, whole = load(path), path.read_bytes()
    assert kept is not None
    monkeypatch.setattr("connector.simulator.persistence.saved_state.MOST_BYTES", 10_000)
    with pytest.raises(OSError, match="more than a file may hold"):
        save(path, kept)
    assert path.read_bytes() == whole


def test_a_file_that_does_not_know_a_field_yet_gets_its_default(tmp_path: Path) -> None:
    path = tmp_path / "state"
    busy(path).runtime.close()
    whole = state_in(path)
    for tag, content in whole["state"]["objects"]:
        if tag == "Order":
            del content["amendments"]
    back = load(filed(path, zlib.compress(json.dumps(whole).encode())))
    assert back is not None
    assert {order.amendments for account in back.engine.accounts.values() for order in account.orders.values()} == {0}


def test_the_market_of_a_file_that_knows_no_half_done_step_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "state"
    before = busy(path)
    before.runtime.close()
    whole = state_in(path)
    for tag, content in whole["state"]["objects"]:
        if tag == "Background":
            del content["_under_way"]
    filed(path, zlib.compress(json.dumps(whole).encode()))
    after = at(path, before.clock.now_ms())
    for me in (before, after):
        me.runtime.pulse()
    assert after.runtime.background.hash == before.runtime.background.hash


@pytest.mark.parametrize(("kind", "field"), [("Engine", "ids"), ("Order", "order_id"), ("Background", "steps")])
def test_a_file_that_lacks_what_has_no_default_is_refused_by_name(tmp_path: Path, kind: str, field: str) -> None:
    path = tmp_path / "state"
    busy(path).runtime.close()
    whole = state_in(path)
    for tag, content in whole["state"]["objects"]:
        if tag == kind:
            del content[field]
    with pytest.raises(BadInput, match=f"{kind} lacks {field}"):
        load(filed(path, zlib.compress(json.dumps(whole).encode())))
