"""Contracts that refuse what opens for a while, and such as tell another status."""

from dataclasses import replace
from pathlib import Path

import pytest

from connector.simulator.market.default_instruments import BTCUSDT, XAUUSDT
from connector.simulator.persistence.journal import replay_journal
from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import QUIET, Caller, SocketClient, caller
from tests.companions.simulator.listeners import Listener

BTC = "BTCUSDT"


def row_of(call: Caller, symbol: str = BTC) -> dict[str, object]:
    rows = {row["symbol"]: row for row in call("GET", "/fapi/v1/exchangeInfo")["symbols"]}
    found: dict[str, object] = rows[symbol]
    return found


def control_side(call: Caller) -> str:
    filters = row_of(call)["filters"]
    assert isinstance(filters, list)
    return str(filters[-1]["positionControlSide"])


def long(call: Caller) -> None:
    """The ready-made account then is long 0.1 at 60,000."""
    call.other().order("SELL", "0.1", "60000")
    call.order("BUY", "0.1")


@pytest.mark.parametrize(
    ("fault", "code", "side", "other_code"),
    [
        ("reduce_only_4400", -4400, "BUY", -4400),
        ("reduce_only_4408", -4408, "BUY", -4408),
        ("unsigned_4411", -4411, "BUY", -4411),
        ("control_4105", -4105, "BUY", -4105),
        ("control_4106", -4106, "BUY", 0),
        ("control_4107", -4107, "SELL", 0),
    ],
)
async def test_opening_is_refused_for_a_while_and_closing_is_not(
    venue: LocalExchange, client: SocketClient, fault: str, code: int, side: str, other_code: int
) -> None:
    other = SocketClient(client.session, venue, venue.admit(venue.settings.deposit))
    await other.order("SELL", "0.1", "60000")
    await client.order("BUY", "0.1")
    price, other_price = ("59000", "61000") if side == "BUY" else ("61000", "59000")
    await client.raw("POST", "/local/v1/faults", f"name={fault}&symbol=BTCUSDT&ms=60000")
    assert (await client.order(side, "0.01", price))["code"] == code
    other_side = "SELL" if side == "BUY" else "BUY"
    assert (await client.order(other_side, "0.01", other_price)).get("code", 0) == other_code
    assert (await client.order("BUY", "0.1", "2900", symbol="ETHUSDT"))["status"] == "NEW", "another contract"
    assert (await client.order("SELL", "0.05", "61000", reduceOnly="true"))["status"] == "NEW"
    await client.raw("POST", "/local/v1/faults", f"name={fault}&times=0")
    assert (await client.order(side, "0.01", price))["status"] == "NEW"


def test_a_while_is_over_by_itself_and_the_filter_says_who_may_only_reduce(call: Caller) -> None:
    for fault, side in (("control_4105", "BOTH"), ("control_4106", "BUY"), ("control_4107", "SELL")):
        call.runtime.faults.arm(fault, symbol=BTC, ms=500)
        assert control_side(call) == side
        call.clock.advance(500)
        call.runtime.pulse()
        assert control_side(call) == "NONE"


def test_conditional_orders_are_refused_alike(call: Caller) -> None:
    call.runtime.faults.arm("reduce_only_4400", symbol=BTC)
    terms = {"algoType": "CONDITIONAL", "symbol": BTC, "side": "BUY", "type": "STOP_MARKET", "quantity": "0.01"}
    assert call.code("POST", "/fapi/v1/algoOrder", **terms, triggerPrice="61000") == -4400


def test_two_at_once_end_one_by_one(call: Caller) -> None:
    for fault in ("reduce_only_4400", "reduce_only_4408"):
        call.runtime.faults.arm(fault, ms=60_000)
    assert call.order("BUY", "0.01", "59000")["code"] == -4400
    call.runtime.faults.arm("reduce_only_4400", 0)
    assert call.order("BUY", "0.01", "59000")["code"] == -4408
    call.runtime.faults.arm("reduce_only_4408", 0)
    assert call.order("BUY", "0.01", "59000")["status"] == "NEW"


def gold_and_bitcoin(**changes: Path) -> Caller:
    return caller(replace(QUIET, instruments=(BTCUSDT, XAUUSDT), **changes))


def test_who_has_signed_trades_gold_and_nobody_else_does(tmp_path: Path) -> None:
    call = gold_and_bitcoin(journal=tmp_path / "journal")
    other = call.other()
    call.runtime.faults.arm("unsigned_4411", ms=60_000)
    gold = {"symbol": "XAUUSDT", "quantity": "0.01", "price": "3990"}
    assert call.order("BUY", **gold)["code"] == -4411
    assert call.order("BUY", "0.01", "59000")["status"] == "NEW", "bitcoin asks for no agreement"
    reply = call.ask("POST", "/fapi/v1/stock/contract")
    assert (reply.status, reply.body) == (200, b'{"code":200,"msg":"success"}')
    assert call.order("BUY", **gold)["status"] == "NEW"
    assert other.order("BUY", **gold)["code"] == -4411
    call.runtime.close()
    assert replay_journal(tmp_path / "journal").agrees


async def test_the_agreement_is_signed_over_the_socket_at_its_price(venue: LocalExchange, client: SocketClient) -> None:
    before = int((await client.raw("GET", "/fapi/v1/time"))[1]["X-MBX-USED-WEIGHT-1M"])
    assert await client("POST", "/fapi/v1/stock/contract") == {"code": 200, "msg": "success"}
    after = int((await client.raw("GET", "/fapi/v1/time"))[1]["X-MBX-USED-WEIGHT-1M"])
    assert after - before == 51


def test_an_agreement_outlives_a_restart_and_a_refusal_does_not(tmp_path: Path) -> None:
    before = gold_and_bitcoin(state=tmp_path / "state")
    before("POST", "/fapi/v1/stock/contract")
    before.runtime.faults.arm("unsigned_4411", ms=60_000)
    before.runtime.faults.arm("control_4105", symbol=BTC, ms=60_000)
    before.runtime.faults.arm("contract_status", symbol=BTC, contract_type="PERPETUAL_DELIVERING")
    before.runtime.close()
    after = gold_and_bitcoin(state=tmp_path / "state")
    assert (row_of(after)["status"], row_of(after)["contractType"]) == ("TRADING", "PERPETUAL")
    assert control_side(after) == "NONE"
    assert after.other().order("BUY", "0.01", "3990", symbol="XAUUSDT")["status"] == "NEW"
    after.runtime.faults.arm("unsigned_4411", ms=60_000)
    assert after.order("BUY", "0.01", "3990", symbol="XAUUSDT")["status"] == "NEW"
    assert after.other().order("BUY", "0.01", "3990", symbol="XAUUSDT")["code"] == -4411


@pytest.mark.parametrize(
    ("status", "contract_type", "code"),
    [
        ("DELIVERING", "PERPETUAL_DELIVERING", -4141),
        ("SETTLING", "PERPETUAL DELIVERING", -4141),
        ("PRE_SETTLE", "CURRENT_QUARTER DELIVERING", -4141),
        ("PENDING_TRADING", "", -4140),
        ("TRADING_HALT", None, -4140),
    ],
)
async def test_a_contract_stands_at_another_status_and_its_stream_says_so(
    venue: LocalExchange, client: SocketClient, status: str, contract_type: str | None, code: int
) -> None:
    market = await client.open("/market/ws/!contractInfo")
    await client.order("BUY", "0.01", "59000", newClientOrderId="mine")
    query = f"name=contract_status&symbol=BTCUSDT&status={status}"
    if contract_type is not None:
        query += f"&contract_type={contract_type.replace(' ', '%20')}"
    assert (await client.raw("POST", "/local/v1/faults", query))[0] == 200
    told = await market.receive_json(timeout=5)
    shown = "PERPETUAL" if contract_type is None else contract_type
    assert (told["e"], told["s"], told["cs"], told["ct"]) == ("contractInfo", BTC, status, shown)
    row = (await client.raw("GET", "/fapi/v1/exchangeInfo"))[2]["symbols"][0]
    assert (row["symbol"], row["status"], row["contractType"]) == (BTC, status, shown)
    assert (await client.order("BUY", "0.01", "59000"))["code"] == code
    assert (await client("DELETE", "/fapi/v1/order", symbol=BTC, origClientOrderId="mine"))["status"] == "CANCELED"
    await client.raw("POST", "/local/v1/faults", "name=contract_status&times=0")
    told = await market.receive_json(timeout=5)
    assert (told["cs"], told["ct"]) == ("TRADING", "PERPETUAL")
    assert (await client.order("BUY", "0.01", "59000"))["status"] == "NEW"


def test_a_status_armed_for_another_contract_frees_the_first(call: Caller) -> None:
    listener = Listener(call.runtime.hub, "!contractInfo")
    call.runtime.faults.arm("contract_status", symbol=BTC)
    call.runtime.faults.arm("contract_status", symbol="ETHUSDT")
    call.runtime.pulse()
    assert [(event["s"], event["cs"]) for event in listener.received()] == [("ETHUSDT", "DELIVERING")]
    assert row_of(call)["status"] == "TRADING"


def test_what_befell_contracts_is_in_the_journal(tmp_path: Path) -> None:
    call = caller(replace(QUIET, journal=tmp_path / "journal"))
    long(call)
    for fault in ("reduce_only_4400", "control_4106"):
        call.runtime.faults.arm(fault, symbol=BTC, ms=60_000)
        assert call.order("BUY", "0.01", "59000")["code"] < -4000
        call.runtime.faults.arm(fault, 0)
    call.runtime.faults.arm("contract_status", symbol=BTC, contract_type="")
    assert call.order("BUY", "0.01", "59000")["code"] == -4141
    call.runtime.close()
    again = replay_journal(tmp_path / "journal")
    assert again.agrees and again.recorded


def test_the_background_trades_on_where_nobody_else_may_open() -> None:
    call = caller(replace(QUIET, background=True))
    call.runtime.faults.arm("reduce_only_4400", ms=60_000)
    call.runtime.faults.arm("control_4105", ms=60_000)
    for _ in range(40):
        call.clock.advance(50)
        call.runtime.pulse()
    assert call.runtime.market.refused_commands == 0 and call.runtime.background.commands > 100


def test_halts_and_delistings_go_their_way_behind_the_status_that_is_told(call: Caller) -> None:
    call.runtime.faults.arm("contract_status", symbol=BTC, status="PRE_SETTLE")
    call.runtime.faults.arm("trading_halt", symbol=BTC)
    assert row_of(call)["status"] == "PRE_SETTLE"
    call.runtime.faults.arm("contract_status", 0)
    assert row_of(call)["status"] == "TRADING_HALT"
    call.runtime.faults.arm("contract_status", symbol=BTC, contract_type="")
    call.runtime.faults.arm("trading_halt", 0)
    call.runtime.faults.arm("contract_status", 0)
    assert (row_of(call)["status"], row_of(call)["contractType"]) == ("TRADING", "PERPETUAL")
    call.runtime.faults.arm("contract_status", symbol=BTC)
    call.runtime.faults.arm("delisting", symbol=BTC, ms=0)
    assert row_of(call)["status"] == "SETTLING"
    call.runtime.faults.arm("contract_status", 0)
    call.runtime.pulse()
    assert row_of(call)["status"] == "CLOSE"
