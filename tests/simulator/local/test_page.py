"""What the page shows is what the exchange holds; a browser looks at it in `tests/flows/test_page.py`."""

from decimal import Decimal

from connector.simulator.fault_injection.catalogue import FAULTS
from connector.simulator.fault_injection.price_scripts import SCRIPTS
from connector.simulator.local.page import ACCOUNTS, FILES, MOMENTS, TRADES, page_file
from connector.simulator.market.orders import BUY, GTC, LIMIT, SELL, OrderRequest
from connector.simulator.trails import MOST_ACCOUNTS
from tests.companions.simulator.callers import START_MS, Caller


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
    call.local("POST", "/local/v1/faults", name="delay_depth")
    faults = call.local("GET", "/local/v1/view")["faults"]
    assert [row["name"] for row in faults] == list(FAULTS)
    (armed,) = [row["armed"] for row in faults if row["armed"]]
    assert (armed["name"], armed["times"], armed["ms"]) == ("delay_depth", 1, 1000)
    assert {row["moment"] for row in faults} == set(MOMENTS.values())


def test_the_view_marks_own_trades_and_tells_own_fills_the_newest_first(call: Caller) -> None:
    maker, taker = (call.runtime.engine.open_account(10**14, START_MS, is_house=True).account_id for _ in range(2))
    for price in ("60000", "60001"):
        call.order("SELL", "0.1", price)
    call.order("BUY", "0.1", "59990")
    ask, bid = (OrderRequest("BTCUSDT", side, LIMIT, Decimal("0.3"), Decimal("60001"), GTC) for side in (SELL, BUY))
    call.runtime.engine.place(taker, bid, START_MS)
    call.runtime.engine.place(maker, ask, START_MS)
    view = call.local("GET", "/local/v1/view")
    assert [(row["price"], row["amount"], row["is_own"]) for row in view["trades"]] == [
        ("60001.00", "0.100", False),
        ("60001.00", "0.100", True),
        ("60000.00", "0.100", True),
    ]
    mine = str(call.sender.account_id)
    assert [(row["price"], row["side"], row["is_maker"], row["account"]) for row in view["fills"]] == [
        ("60001.00", "SELL", True, mine),
        ("60000.00", "SELL", True, mine),
    ]


def test_own_fills_stay_when_they_have_left_the_tape(call: Caller) -> None:
    house = [call.runtime.engine.open_account(10**16, START_MS, is_house=True).account_id for _ in range(2)]
    call.order("SELL", "0.1", "60000")
    for number in range(TRADES + 3):
        for account, side in zip(house, (SELL, BUY), strict=True):
            request = OrderRequest("BTCUSDT", side, LIMIT, Decimal("0.1"), Decimal("60000"), GTC)
            call.runtime.engine.place(account, request, START_MS + number)
    view = call.local("GET", "/local/v1/view")
    assert [row["is_own"] for row in view["trades"]] == [False] * TRADES
    assert [row["price"] for row in view["fills"]] == ["60000.00"]


def test_an_accounts_figures_are_of_one_measure_and_add_up(call: Caller) -> None:
    maker = call.other()
    call.local("POST", "/local/v1/transfer", api_key=call.sender.api_key, asset="BTC", amount="2")
    maker.order("SELL", "0.1", "60010")
    call.order("BUY", "0.1", "60010")
    call.local("POST", "/local/v1/mark", symbol="BTCUSDT", price="61010")
    rows = {row["name"]: row for row in call.local("GET", "/local/v1/view")["accounts"]}
    row = rows[str(call.sender.account_id)]
    equity, wallet, unrealised = (Decimal(row[name]) for name in ("equity", "wallet", "unrealised"))
    assert (equity, unrealised) == (wallet + unrealised, 100)
    assert wallet == Decimal(row["holds"]["USDT"]) + 2 * 60_000
    assert row["holds"]["BTC"] == "2.00000000"
    assert Decimal(row["result"]) == 100 - Decimal("3.0005")
    usdt = call("GET", "/fapi/v3/account")
    assert Decimal(row["available"]) == Decimal(usdt["availableBalance"]) + 2 * 60_000


def test_what_is_available_to_all_assets_together_is_told_once(call: Caller) -> None:
    call.local("POST", "/local/v1/transfer", api_key=call.sender.api_key, asset="BTC", amount="2")
    call("POST", "/fapi/v1/multiAssetsMargin", multiAssetsMargin="true")
    (row,) = call.local("GET", "/local/v1/view")["accounts"]
    rows = {one["asset"]: one for one in call("GET", "/fapi/v3/balance")}
    assert row["available"] == rows["USDT"]["availableBalance"]


def test_who_is_not_followed_has_no_result(call: Caller) -> None:
    for _ in range(MOST_ACCOUNTS):
        call.other()
    rows = call.local("GET", "/local/v1/view")["accounts"]
    assert [row["result"] is None for row in rows] == [False] * MOST_ACCOUNTS + [True]


def test_the_view_draws_prices_and_equities_over_time(call: Caller) -> None:
    maker = call.other()
    maker.order("SELL", "0.1", "60010")
    call.order("BUY", "0.1", "60010")
    maker.order("SELL", "0.1", "60020")
    maker.order("BUY", "0.1", "60000")
    for _ in range(3):
        call.runtime.pulse()
        call.clock.advance(1_000)
    view = call.local("GET", "/local/v1/view")
    assert view["times_ms"] == [START_MS, START_MS + 1_000, START_MS + 2_000]
    assert view["prices"] == {"mark": [60_010.0] * 3, "index": [60_000.0] * 3, "mid": [60_010.0] * 3}
    results = {row["name"]: float(row["result"]) for row in view["accounts"]}
    assert {name: line[-1] for name, line in view["results"].items()} == results


def test_the_view_tells_halts_the_clock_and_the_scripts_that_run(call: Caller) -> None:
    call.local("POST", "/local/v1/faults", name="trading_halt", symbol="ETHUSDT")
    call.local("POST", "/local/v1/prices", name="crash", symbol="BTCUSDT")
    view = call.local("GET", "/local/v1/view", symbol="ETHUSDT")
    assert (view["symbols"], view["status"]) == ({"BTCUSDT": "TRADING", "ETHUSDT": "TRADING_HALT"}, "TRADING_HALT")
    assert (view["clock_rate"], view["running_scripts"]) == (1, {"BTCUSDT": "crash"})
    assert view["scripts"] == list(SCRIPTS)


def test_the_view_of_very_many_accounts_stays_small(call: Caller) -> None:
    for _ in range(ACCOUNTS + 4):
        call.other()
    view = call.local("GET", "/local/v1/view")
    assert (len(view["accounts"]), view["accounts_left_out"]) == (ACCOUNTS, 5)
