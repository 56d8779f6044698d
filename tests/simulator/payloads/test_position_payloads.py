from decimal import Decimal

import pytest

from connector.simulator.payloads.position_payloads import FORCED_ORDER_FIELDS
from tests.companions.simulator.callers import Caller

BTC = "BTCUSDT"
RISK_V2 = {
    "symbol", "positionSide", "positionAmt", "entryPrice", "breakEvenPrice", "markPrice", "unRealizedProfit",
    "liquidationPrice", "leverage", "maxNotionalValue", "marginType", "isolatedMargin", "isAutoAddMargin",
    "notional", "isolatedWallet", "updateTime",
}  # fmt: skip


def long(call: Caller, quantity: str = "0.1") -> None:
    call.other().order("SELL", quantity, "60000")
    call.order("BUY", quantity)
    call.local("POST", "/local/v1/mark", symbol=BTC, price="61000")


def test_version_two_lists_every_contract_with_its_leverage_and_margin_type(call: Caller) -> None:
    long(call)
    rows = call("GET", "/fapi/v2/positionRisk")
    assert {row["symbol"] for row in rows} == set(call.runtime.engine.listings)
    assert all(set(row) == RISK_V2 for row in rows)
    (row,) = call("GET", "/fapi/v2/positionRisk", symbol=BTC)
    assert (row["leverage"], row["marginType"], row["isAutoAddMargin"]) == ("20", "cross", "false")


def test_version_two_in_hedge_mode_lists_both_sides(call: Caller) -> None:
    call("POST", "/fapi/v1/positionSide/dual", dualSidePosition="true")
    rows = call("GET", "/fapi/v2/positionRisk", symbol=BTC)
    assert [row["positionSide"] for row in rows] == ["LONG", "SHORT"]


def test_an_isolated_position_shows_what_is_posted_and_its_own_liquidation_price(call: Caller) -> None:
    call("POST", "/fapi/v1/marginType", symbol=BTC, marginType="ISOLATED")
    long(call)
    (row,) = call("GET", "/fapi/v3/positionRisk")
    assert (row["isolatedWallet"], row["isolatedMargin"]) == ("297.00000000", "397.00000000")
    price = Decimal(row["liquidationPrice"])
    left = 297 + (price - 60_000) / 10
    assert abs(left - price / 10 * Decimal("0.004")) < Decimal("0.000001")
    (old,) = call("GET", "/fapi/v2/positionRisk", symbol=BTC)
    assert (old["marginType"], old["isolatedWallet"]) == ("isolated", "297.00000000")


def test_a_position_tells_its_place_in_the_queue_of_deleveraging(call: Caller) -> None:
    long(call)
    (row,) = call("GET", "/fapi/v3/positionRisk")
    assert row["adl"] == 4
    assert call("GET", "/fapi/v1/adlQuantile", symbol=BTC) == [
        {"symbol": BTC, "adlQuantile": {"LONG": 0, "SHORT": 0, "BOTH": 4}}
    ]


def test_hedged_cross_positions_share_one_quantile(call: Caller) -> None:
    call("POST", "/fapi/v1/positionSide/dual", dualSidePosition="true")
    call.other().order("SELL", "0.1", "60000")
    call.order("BUY", "0.1", positionSide="LONG")
    assert call("GET", "/fapi/v1/adlQuantile") == [{"symbol": BTC, "adlQuantile": {"LONG": 4, "SHORT": 4, "HEDGE": 0}}]


def test_a_moved_margin_names_every_field(call: Caller) -> None:
    call("POST", "/fapi/v1/marginType", symbol=BTC, marginType="ISOLATED")
    long(call)
    call("POST", "/fapi/v1/positionMargin", symbol=BTC, amount="12.5", type=1)
    assert call("GET", "/fapi/v1/positionMargin/history", symbol=BTC) == [
        {
            "symbol": BTC,
            "type": 1,
            "deltaType": "USER_ADJUST",
            "amount": "12.50000000",
            "asset": "USDT",
            "time": call.runtime.now_ms(),
            "positionSide": "BOTH",
        }
    ]


@pytest.mark.parametrize("path", ["liquidation", "adl"])
def test_a_forced_order_names_every_field_and_calls_itself_a_limit_order(call: Caller, path: str) -> None:
    long(call)
    call.local("POST", f"/local/v1/{path}", api_key=call.sender.api_key, symbol=BTC)
    (row,) = call("GET", "/fapi/v1/forceOrders")
    assert set(row) == set(FORCED_ORDER_FIELDS)
    assert (row["type"], row["origType"], row["timeInForce"], row["status"]) == ("LIMIT", "LIMIT", "IOC", "FILLED")
    assert row["executedQty"] == "0.100"
