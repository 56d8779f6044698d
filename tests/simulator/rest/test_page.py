"""What the page shows is what the exchange holds; a browser looks at it in `tests/flows/test_page.py`."""

from connector.simulator.fault_injection.catalogue import FAULTS
from connector.simulator.rest.page import FILES, page_file
from tests.companions.simulator.callers import Caller


def test_the_page_and_its_script_are_served_and_nothing_else() -> None:
    for path in FILES:
        found = page_file(path)
        assert found is not None
        assert found[0]
    assert page_file("/page.py") is None


def test_the_page_asks_for_nothing_beyond_this_machine() -> None:
    for path in FILES:
        found = page_file(path)
        assert found is not None
        assert b"http" not in found[0].replace(b"<!doctype html>", b"")


def test_the_view_shows_book_trades_accounts_and_orders(call: Caller) -> None:
    other = call.other()
    other.order("SELL", "0.5", "60010")
    call.order("BUY", "0.2", "60010")
    call.order("BUY", "0.1", "59990", newClientOrderId="mine")
    view = call.local("GET", "/local/v1/view")
    assert (view["symbol"], view["bids"], view["asks"]) == ("BTCUSDT", [["59990.00", "0.100"]], [["60010.00", "0.300"]])
    assert [(row["price"], row["amount"], row["side"]) for row in view["trades"]] == [("60010.00", "0.200", "BUY")]
    (order,) = [row for row in view["orders"] if row["client_order_id"] == "mine"]
    assert (order["side"], order["price"], order["amount"], order["filled"]) == ("BUY", "59990.00", "0.100", "0.000")
    held = {row["name"]: row["positions"] for row in view["accounts"]}
    assert sorted(rows[0]["amount"] for rows in held.values() if rows) == ["-0.200", "0.200"]


def test_the_view_of_a_symbol_that_is_not_listed_is_refused(call: Caller) -> None:
    assert call.local("GET", "/local/v1/view", symbol="NOPE")["code"] == -1121


def test_the_view_tells_every_fault_and_which_are_armed(call: Caller) -> None:
    call.local("POST", "/local/v1/faults", name="drop_depth")
    faults = call.local("GET", "/local/v1/view")["faults"]
    assert [row["name"] for row in faults] == list(FAULTS)
    assert [row["name"] for row in faults if row["is_armed"]] == ["drop_depth"]
