from decimal import Decimal

import pytest

from tests.companions.simulator.callers import Caller

BTC = "BTCUSDT"


def test_leverage_is_set_and_shown(call: Caller) -> None:
    assert call("POST", "/fapi/v1/leverage", symbol=BTC, leverage=50) == {
        "symbol": BTC,
        "leverage": 50,
        "maxNotionalValue": "12000000",
    }
    (row,) = call("GET", "/fapi/v1/symbolConfig", symbol=BTC)
    assert row == {
        "symbol": BTC,
        "marginType": "CROSSED",
        "isAutoAddMargin": False,
        "leverage": 50,
        "maxNotionalValue": "12000000",
    }
    assert call.code("POST", "/fapi/v1/leverage", symbol=BTC, leverage=126) == -4028
    assert call.code("POST", "/fapi/v1/leverage", symbol=BTC, leverage="high") == -1102


def test_the_position_mode_is_set_and_shown(call: Caller) -> None:
    assert call("GET", "/fapi/v1/positionSide/dual") == {"dualSidePosition": False}
    assert call.code("POST", "/fapi/v1/positionSide/dual", dualSidePosition="false") == -4059
    assert call("POST", "/fapi/v1/positionSide/dual", dualSidePosition="true") == {"code": 200, "msg": "success"}
    assert call("GET", "/fapi/v1/accountConfig")["dualSidePosition"] is True


def test_settings_of_the_account_are_told(call: Caller) -> None:
    assert call("GET", "/fapi/v1/multiAssetsMargin") == {"multiAssetsMargin": False}
    assert {row["limit"] for row in call("GET", "/fapi/v1/rateLimit/order")} == {300, 1200}
    assert call("GET", "/fapi/v1/commissionRate", symbol=BTC) == {
        "symbol": BTC,
        "makerCommissionRate": "0.000200",
        "takerCommissionRate": "0.000500",
        "rpiCommissionRate": "0.000200",
    }
    assert [row["symbol"] for row in call("GET", "/fapi/v1/leverageBracket")] == [BTC, "ETHUSDT"]


def test_income_is_filtered_by_kind_symbol_and_time(call: Caller) -> None:
    other = call.other()
    for price in ("60000", "60100"):
        other.order("SELL", "0.01", price)
        call.order("BUY", "0.01")
        call.clock.advance(1_000)
    rows = call("GET", "/fapi/v1/income")
    assert [row["incomeType"] for row in rows] == ["TRANSFER", "COMMISSION", "COMMISSION"]
    assert len({row["tranId"] for row in rows}) == 3
    assert call("GET", "/fapi/v1/income", incomeType="TRANSFER") == rows[:1]
    assert call("GET", "/fapi/v1/income", symbol=BTC, limit=1) == rows[2:]
    assert call("GET", "/fapi/v1/income", startTime=rows[1]["time"], limit=2) == rows[:2]
    assert call("GET", "/fapi/v1/income", startTime=rows[2]["time"]) == rows[2:]


def test_wallet_income_trades_and_balance_tell_one_story(call: Caller) -> None:
    other = call.other()
    for price in ("60000.1", "60007.3", "59993.7"):
        other.order("SELL", "0.011", price)
        call.order("BUY", "0.011")
        other.order("BUY", "0.009", "59951.9")
        call.order("SELL", "0.009")
    call.local("POST", "/local/v1/funding")
    call.local("POST", "/local/v1/transfer", api_key=call.sender.api_key, asset="USDT", amount="12.5")
    wallet = Decimal(call("GET", "/fapi/v3/balance")[0]["balance"])
    income = call("GET", "/fapi/v1/income", limit=1000)
    trades = call("GET", "/fapi/v1/userTrades", symbol=BTC)
    assert wallet == sum(Decimal(row["income"]) for row in income)
    booked = sum(Decimal(row["realizedPnl"]) - Decimal(row["commission"]) for row in trades)
    others = sum(Decimal(row["income"]) for row in income if row["incomeType"] in ("TRANSFER", "FUNDING_FEE"))
    assert wallet == booked + others


def test_a_listen_key_is_made_extended_and_ended(call: Caller) -> None:
    assert call.code("PUT", "/fapi/v1/listenKey") == -1125
    key = call("POST", "/fapi/v1/listenKey")
    assert len(key["listenKey"]) == 64
    assert call("POST", "/fapi/v1/listenKey") == call("PUT", "/fapi/v1/listenKey") == key
    assert call("DELETE", "/fapi/v1/listenKey") == {}
    assert call.code("DELETE", "/fapi/v1/listenKey") == -1125
    assert call("POST", "/fapi/v1/listenKey") != key


def test_the_asset_mode_is_set_and_shown(call: Caller) -> None:
    path = "/fapi/v1/multiAssetsMargin"
    assert call.code("POST", path, multiAssetsMargin="false") == -4171
    assert call("POST", path, multiAssetsMargin="true") == {"code": 200, "msg": "success"}
    assert call("GET", path) == {"multiAssetsMargin": True}
    assert call.code("POST", "/fapi/v1/marginType", symbol=BTC, marginType="ISOLATED") == -4168
    assert call.code("POST", path, multiAssetsMargin="maybe") == -1130


def test_fees_are_burned_in_bnb_on_demand(call: Caller) -> None:
    path = "/fapi/v1/feeBurn"
    assert call("GET", path) == {"feeBurn": False}
    assert call("POST", path, feeBurn="true") == {"code": 200, "msg": "success"}
    assert call("GET", path) == {"feeBurn": True}
    call.local("POST", "/local/v1/transfer", api_key=call.sender.api_key, asset="BNB", amount="1")
    call.other().order("SELL", "0.01", "60000")
    call.order("BUY", "0.01")
    (trade,) = call("GET", "/fapi/v1/userTrades", symbol=BTC)
    (paid,) = call("GET", "/fapi/v1/income", incomeType="COMMISSION")
    assert (trade["commission"], trade["commissionAsset"]) == ("0.00045000", "BNB")
    assert (paid["income"], paid["asset"]) == ("-0.00045000", "BNB")


def test_nobody_is_locked_by_the_quantitative_rules(call: Caller) -> None:
    assert call("GET", "/fapi/v1/apiTradingStatus") == {"indicators": {}, "updateTime": call.runtime.now_ms()}
    assert call.code("GET", "/fapi/v1/apiTradingStatus", symbol="NOPE") == -1121


@pytest.mark.parametrize(("symbol", "told_of", "by"), [("BTCUSDT", "BTCUSDT", "UFR"), ("", "ACCOUNT", "TMV")])
def test_a_lock_by_quantitative_rules_is_told_with_its_end(call: Caller, symbol: str, told_of: str, by: str) -> None:
    call.runtime.faults.arm("reduce_only_4400", ms=60_000, symbol=symbol)
    call.clock.advance(20_000)
    told = call("GET", "/fapi/v1/apiTradingStatus")
    ((place, (row,)),) = told["indicators"].items()
    assert (place, row["indicator"], row["isLocked"]) == (told_of, by, True)
    assert row["plannedRecoverTime"] == told["updateTime"] + 40_000
    assert bool(call("GET", "/fapi/v1/apiTradingStatus", symbol="ETHUSDT")["indicators"]) is (symbol == "")
    call.clock.advance(40_000)
    assert call("GET", "/fapi/v1/apiTradingStatus")["indicators"] == {}
