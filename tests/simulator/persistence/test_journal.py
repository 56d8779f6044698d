import inspect
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from connector.core.clock import ManualClock
from connector.simulator.engine import Engine
from connector.simulator.errors import BadInput
from connector.simulator.market.default_instruments import ETHUSDT
from connector.simulator.persistence.journal import COMMANDS, read_back, replay_journal, written
from connector.simulator.persistence.state_hash import state_hash
from connector.simulator.runtime import Runtime
from tests.companions.simulator.callers import QUIET, START_MS, Caller


def lively(journal: Path) -> Caller:
    clock = ManualClock(START_MS)
    settings = replace(QUIET, background=True, funding_first_s=2, funding_interval_s=2, clock=clock, journal=journal)
    runtime = Runtime(settings)
    return Caller(runtime, clock, runtime.default_key)


def trade_a_while(me: Caller, steps: int = 120) -> None:
    """A trader who does a bit of everything, some of it refused, on a lively exchange."""
    for number in range(steps):
        me.runtime.pulse()
        me.clock.advance(37)
        if number % 10 == 3:
            me.order("BUY" if number % 20 == 3 else "SELL", "0.015")
        if number % 10 == 5:
            me.order("BUY", "0.002", "59000", newClientOrderId=f"mine{number}", timeInForce="GTX")
        if number % 30 == 7:
            me("DELETE", "/fapi/v1/allOpenOrders", symbol="BTCUSDT")
            me("POST", "/fapi/v1/leverage", symbol="BTCUSDT", leverage=10 + number % 7)
    me("GET", "/fapi/v3/positionRisk")
    me.order("BUY", "1000", "59000")
    changed = {"origClientOrderId": f"mine{steps // 10 * 10 - 5}", "side": "BUY", "quantity": "0.003"}
    me("PUT", "/fapi/v1/order", symbol="BTCUSDT", price="59000.1", **changed)
    me("POST", "/fapi/v1/countdownCancelAll", symbol="ETHUSDT", countdownTime=5_000)
    stop = {"algoType": "CONDITIONAL", "type": "TAKE_PROFIT_MARKET", "triggerPrice": "90000", "quantity": "0.002"}
    for name in ("kept", "gone"):
        me("POST", "/fapi/v1/algoOrder", symbol="BTCUSDT", side="SELL", clientAlgoId=name, **stop)
    me("DELETE", "/fapi/v1/algoOrder", clientAlgoId="gone")
    me.local("POST", "/local/v1/mark", symbol="ETHUSDT", price="3210.5")
    me.local("POST", "/local/v1/transfer", api_key=me.sender.api_key, asset="USDT", amount="12.34567891")
    me.local("POST", "/local/v1/funding")
    move_money(me)


def move_money(me: Caller) -> None:
    """Between the wallets, some of it refused; and an owner gets a second account, and a contract other brackets."""
    key = me.sender.api_key
    me.local("PUT", "/local/v1/key", api_key=key, universal_transfer="true")
    me.local("POST", "/local/v1/transfer", api_key=key, asset="BTC", amount="0.5", wallet="funding")
    for way, amount in (("UMFUTURE_MAIN", "1.5"), ("MAIN_FUNDING", "1"), ("FUNDING_UMFUTURE", "3")):
        me("POST", "/sapi/v1/asset/transfer", type=way, asset="USDT", amount=amount)
    me.local("POST", "/local/v1/account", deposit="5", owner=key)
    me.local("POST", "/local/v1/brackets", symbol="BTCUSDT", share="0.5")


def test_a_journaled_run_done_again_comes_to_the_same_state(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    me = lively(path)
    trade_a_while(me)
    assert me("GET", "/fapi/v1/userTrades", symbol="BTCUSDT")
    me.runtime.close()
    again = replay_journal(path)
    assert again.agrees and again.recorded == again.state_hash == state_hash(me.runtime.engine)
    assert again.commands > 1_000
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert {-2019, None} <= {row.get("refused") for row in rows}
    done = {row["do"] for row in rows if "do" in row and "refused" not in row}
    assert {"place", "cancel_all", "amend", "place_algo", "cancel_algo", "set_countdown", "fix_mark"} <= done


def test_orders_in_the_middle_of_a_step_of_the_market_are_done_again_in_their_place(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    me = lively(path)
    among = 0
    for number in range(60):
        for _ in me.runtime.trading():
            is_half_done = me.runtime.market.next_ms() <= me.clock.now_ms()
            if is_half_done and among < 2 * number:
                among += 1
                me.order("BUY" if among % 2 else "SELL", "0.002")
        me.runtime.pulse()
        me.clock.advance(37)
    assert among > 60
    me.runtime.close()
    again = replay_journal(path)
    assert again.agrees and again.recorded == again.state_hash == state_hash(me.runtime.engine)


def test_a_command_that_was_changed_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    me = lively(path)
    trade_a_while(me)
    me.runtime.close()
    lines = path.read_text().splitlines(keepends=True)
    index = next(number for number, line in enumerate(lines) if '"transfer"' in line and "1234567891" in line)
    lines[index] = lines[index].replace("1234567891", "1234567892")
    path.write_text("".join(lines))
    again = replay_journal(path)
    assert not again.agrees and not again.differs_at


def test_a_run_that_was_cut_off_can_be_done_again_as_far_as_it_went(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    me = lively(path)
    trade_a_while(me, steps=30)
    again = replay_journal(path)
    assert again.recorded == ""
    me.runtime.close()
    assert again.state_hash == state_hash(me.runtime.engine)


def test_a_journal_of_an_earlier_release_comes_to_the_hash_that_it_ends_with() -> None:
    """Rows stand in it by their tags, which no renaming of a class changes."""
    again = replay_journal(Path(__file__).with_name("journal_format_1.jsonl"))
    assert again.agrees and again.commands == 9
    assert again.recorded == "0b0b99e4930e6050b1e02334c177853582048e7860d98c6b9e130db2bdad9357"


def test_every_method_of_the_engine_is_either_journaled_or_a_mere_look() -> None:
    public = {name for name, _ in inspect.getmembers(Engine, inspect.isfunction) if not name.startswith("_")}
    assert public == COMMANDS | {"drain", "listing", "check"}


def test_what_is_written_comes_back_to_the_last_digit() -> None:
    value = [ETHUSDT, Decimal("0.10"), None, {"BTCUSDT": 3}, True]
    assert read_back(json.loads(json.dumps(written(value)))) == tuple(value)
    with pytest.raises(TypeError, match="holds no float"):
        written(0.1)


@pytest.mark.parametrize(
    ("text", "names"),
    [("", "empty"), ("{", "no journal"), ('{"journal":99}', "no journal"), ("[]", "no journal"),
     ('{"journal":1,"start":{"start_ms":"x"}}', "line 1")],
)  # fmt: skip
def test_what_is_no_journal_is_refused_by_name(tmp_path: Path, text: str, names: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(text)
    with pytest.raises(BadInput, match=names):
        replay_journal(path)


def test_a_place_where_no_journal_can_be_is_said_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be written"):
        lively(tmp_path / "nowhere" / "journal.jsonl")
