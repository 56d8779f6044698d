"""Contracts are halted and delisted, their holders liquidated and deleveraged, by name of a fault."""

from dataclasses import replace
from pathlib import Path

import pytest

from connector.simulator.persistence.journal import replay_journal
from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import QUIET, Caller, SocketClient, caller
from tests.companions.simulator.conservation import conserved
from tests.companions.simulator.listeners import Listener

BTC, ETH = "BTCUSDT", "ETHUSDT"


def statuses(call: Caller) -> dict[str, str]:
    return {row["symbol"]: row["status"] for row in call("GET", "/fapi/v1/exchangeInfo")["symbols"]}


def holding(call: Caller) -> Caller:
    """A counterparty; the ready-made account then is long 0.1 at 60,000."""
    other = call.other()
    other.order("SELL", "0.1", "60000")
    call.order("BUY", "0.1")
    return other


def test_a_halted_contract_keeps_its_orders_and_takes_no_others(call: Caller) -> None:
    call.order("BUY", "0.01", "59000", newClientOrderId="mine")
    call.local("POST", "/local/v1/faults", name="trading_halt", symbol=BTC)
    assert statuses(call) == {BTC: "TRADING_HALT", ETH: "TRADING"}
    assert call.order("BUY", "0.01", "59000")["code"] == -4140
    amended = {"symbol": BTC, "side": "BUY", "quantity": "0.01", "price": "59001", "origClientOrderId": "mine"}
    assert call.code("PUT", "/fapi/v1/order", **amended) == -5024
    assert call.order("BUY", "0.1", "2900", symbol=ETH)["status"] == "NEW"
    assert [row["clientOrderId"] for row in call("GET", "/fapi/v1/openOrders", symbol=BTC)] == ["mine"]
    assert call("DELETE", "/fapi/v1/order", symbol=BTC, origClientOrderId="mine")["status"] == "CANCELED"


def test_a_halt_lasts_until_it_is_disarmed_and_contract_info_tells_both(call: Caller) -> None:
    listener = Listener(call.runtime.hub, "!contractInfo")
    call.runtime.faults.arm("trading_halt", ms=100)
    for _ in range(3):
        call.clock.advance(1_000)
        call.runtime.pulse()
    assert [(row["s"], row["cs"]) for row in listener.received()] == [(BTC, "TRADING_HALT"), (ETH, "TRADING_HALT")]
    call.runtime.faults.arm("trading_halt", 0)
    call.runtime.pulse()
    assert [(row["s"], row["cs"]) for row in listener.received()] == [(BTC, "TRADING"), (ETH, "TRADING")]


def test_a_halt_armed_anew_for_another_contract_lets_the_first_trade(call: Caller) -> None:
    call.runtime.faults.arm("trading_halt", symbol=BTC)
    call.runtime.faults.arm("trading_halt", symbol=ETH)
    assert statuses(call) == {BTC: "TRADING", ETH: "TRADING_HALT"}


@pytest.mark.parametrize("fault", ["trading_halt", "delisting", "forced_liquidation", "forced_adl"])
def test_a_contract_that_is_not_listed_is_refused_and_nothing_is_armed(call: Caller, fault: str) -> None:
    assert call.local("POST", "/local/v1/faults", name=fault, symbol="NOPE")["code"] == -1121
    assert call.runtime.faults.armed() == []


def test_a_delisted_contract_is_settling_and_then_closed_for_good(call: Caller) -> None:
    holding(call)
    listener = Listener(call.runtime.hub, "!contractInfo")
    call.local("POST", "/local/v1/faults", name="delisting", symbol=BTC, ms=500)
    assert call("GET", "/fapi/v3/positionRisk") == []
    assert call.order("BUY", "0.01", "60000")["code"] == -4141
    for _ in range(2):
        call.runtime.pulse()
        call.clock.advance(500)
    call.runtime.pulse()
    assert [(row["s"], row["cs"]) for row in listener.received()] == [(BTC, "SETTLING"), (BTC, "CLOSE")]
    call.runtime.faults.arm("trading_halt")
    call.runtime.faults.arm("trading_halt", 0)
    call.local("POST", "/local/v1/faults", name="delisting", symbol=BTC)
    assert statuses(call) == {BTC: "CLOSE", ETH: "TRADING"}
    assert conserved(call.runtime.engine)


def test_a_halted_contract_that_is_delisted_does_not_come_back_with_the_halts_end(call: Caller) -> None:
    call.runtime.faults.arm("trading_halt", symbol=BTC)
    call.runtime.faults.arm("delisting", symbol=BTC, ms=10_000)
    call.runtime.faults.arm("trading_halt", 0)
    assert statuses(call)[BTC] == "SETTLING"


@pytest.mark.parametrize(
    ("fault", "client_id"), [("forced_liquidation", "autoclose-"), ("forced_adl", "adl_autoclose")]
)
def test_every_holder_of_the_contract_is_closed_out_and_the_house_is_not(
    call: Caller, fault: str, client_id: str
) -> None:
    other = holding(call)
    call.local("POST", "/local/v1/faults", name=fault, symbol=ETH)
    assert len(call("GET", "/fapi/v3/positionRisk")) == 1
    call.local("POST", "/local/v1/faults", name=fault, symbol=BTC)
    for trader in (call, other):
        assert trader("GET", "/fapi/v3/positionRisk") == []
        (forced,) = trader("GET", "/fapi/v1/forceOrders")
        assert forced["clientOrderId"].startswith(client_id)
    assert conserved(call.runtime.engine)


@pytest.mark.parametrize("fault", ["trading_halt", "delisting", "forced_liquidation", "forced_adl"])
def test_amid_a_lively_market_no_money_is_made_or_lost(fault: str) -> None:
    call = caller(replace(QUIET, background=True))
    for _ in range(40):
        call.runtime.pulse()
        call.clock.advance(50)
    call.order("BUY", "0.05")
    call.runtime.faults.arm(fault, ms=200)
    for _ in range(40):
        call.clock.advance(50)
        call.runtime.pulse()
        assert conserved(call.runtime.engine)
    held = call("GET", "/fapi/v3/positionRisk")
    assert bool(held) is (fault == "trading_halt")
    anybody = any(account.held() for account in call.runtime.engine.accounts.values())
    assert anybody is (fault != "delisting")


def test_a_life_that_goes_on_has_no_halt_and_no_contract_that_settles_for_ever(tmp_path: Path) -> None:
    before = caller(replace(QUIET, state=tmp_path / "state"))
    before.runtime.faults.arm("delisting", symbol=ETH, ms=3_600_000)
    before.runtime.faults.arm("trading_halt", symbol=BTC)
    assert statuses(before) == {BTC: "TRADING_HALT", ETH: "SETTLING"}
    before.runtime.close()
    after = caller(replace(QUIET, state=tmp_path / "state"))
    after.runtime.pulse()
    assert statuses(after) == {BTC: "TRADING", ETH: "CLOSE"}


def test_what_befell_contracts_is_in_the_journal(tmp_path: Path) -> None:
    call = caller(replace(QUIET, journal=tmp_path / "journal"))
    holding(call)
    call.runtime.faults.arm("trading_halt", symbol=ETH)
    call.runtime.faults.arm("forced_adl", symbol=BTC)
    call.runtime.faults.arm("delisting", symbol=BTC, ms=0)
    call.runtime.pulse()
    call.runtime.close()
    again = replay_journal(tmp_path / "journal")
    assert again.agrees and again.recorded


def test_what_does_not_trade_cannot_be_halted(call: Caller) -> None:
    call.local("POST", "/local/v1/faults", name="delisting", symbol=BTC, ms=60_000)
    refusal = call.local("POST", "/local/v1/faults", name="trading_halt", symbol=BTC)
    assert refusal["code"] == -1130
    assert refusal["msg"] == "trading_halt strikes nothing: BTCUSDT stands at SETTLING; only what trades can be halted"
    call.local("POST", "/local/v1/faults", name="delisting")
    assert "no contract trades" in call.local("POST", "/local/v1/faults", name="trading_halt")["msg"]
    assert call.runtime.faults.armed() == []


async def test_a_delisting_reaches_owners_and_markets_over_their_sockets(
    venue: LocalExchange, client: SocketClient
) -> None:
    other = SocketClient(client.session, venue, venue.admit(venue.settings.deposit))
    await other.order("SELL", "0.1", "60000")
    await client.order("BUY", "0.1")
    await client.order("BUY", "0.01", "58000", newClientOrderId="resting")
    user, market = await client.user_stream(), await client.open("/market/ws/!contractInfo")
    query = "name=delisting&symbol=BTCUSDT&ms=200"
    assert (await client.raw("POST", "/local/v1/faults", query))[0] == 200
    events = [await user.receive_json(timeout=5) for _ in range(4)]
    steps = [(event["e"], event.get("o", {}).get("x"), event.get("o", {}).get("er")) for event in events]
    assert steps == [
        ("ORDER_TRADE_UPDATE", "EXPIRED", "7"),
        ("ORDER_TRADE_UPDATE", "NEW", "0"),
        ("ACCOUNT_UPDATE", None, None),
        ("ORDER_TRADE_UPDATE", "CALCULATED", "0"),
    ]
    assert events[0]["o"]["c"] == "resting" and events[3]["o"]["c"].startswith("settlement_autoclose-")
    assert events[2]["a"]["P"][0]["pa"] == "0"
    assert [(await market.receive_json(timeout=5))["cs"] for _ in range(2)] == ["SETTLING", "CLOSE"]


async def test_a_halt_is_met_over_every_door(venue: LocalExchange, client: SocketClient) -> None:
    await client.raw("POST", "/local/v1/faults", "name=trading_halt&symbol=BTCUSDT")
    assert (await client.order("BUY", "0.01", "59000"))["code"] == -4140
    await client.raw("POST", "/local/v1/faults", "name=trading_halt&times=0")
    assert (await client.order("BUY", "0.01", "59000"))["status"] == "NEW"


def test_a_contract_that_was_listed_as_settling_stays_so() -> None:
    settling = replace(QUIET.instruments[0], first_status="SETTLING")
    call = caller(replace(QUIET, instruments=(settling,)))
    call.runtime.pulse()
    assert statuses(call) == {settling.symbol: "SETTLING"}
