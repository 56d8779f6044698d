"""Copies that lag while a fault asks for them."""

from connector.simulator.replicas import LAGS
from tests.companions.simulator.callers import Caller


def test_each_kind_of_read_has_a_copy_of_its_own_while_its_fault_is_armed(call: Caller) -> None:
    replicas = call.runtime.replicas
    call.runtime.faults.arm("lagging_orders", ms=200)
    call.runtime.faults.arm("lagging_trades", ms=2_000)
    orders, trades = replicas.of("lagging_orders"), replicas.of("lagging_trades")
    assert orders is not None and trades is not None and orders is not trades
    assert replicas.of("lagging_balances") is None
    call.runtime.faults.arm("lagging_orders", 0)
    assert replicas.of("lagging_orders") is None and replicas.of("lagging_trades") is trades


def test_a_copy_follows_though_nobody_reads(call: Caller) -> None:
    call.runtime.faults.arm("lagging_orders", ms=100)
    copy = call.runtime.replicas.of("lagging_orders")
    assert copy is not None
    call.order("BUY", "0.01", "59000")
    call.clock.advance(100)
    call.runtime.pulse()
    assert copy.accounts[call.sender.account_id].has_open_orders()


def test_the_end_of_a_life_ends_them(call: Caller) -> None:
    for name in LAGS:
        call.runtime.faults.arm(name)
    call.runtime.close()
    assert [call.runtime.replicas.of(name) for name in LAGS] == [None] * 4
    assert "place" not in vars(call.runtime.engine)
