from decimal import Decimal

from tests.companions.simulator.callers import Caller

BALANCE_FIELDS = {
    "accountAlias", "asset", "balance", "crossWalletBalance", "crossUnPnl", "availableBalance",
    "maxWithdrawAmount", "marginAvailable", "updateTime",
}  # fmt: skip
TOTALS = {
    "totalInitialMargin", "totalMaintMargin", "totalWalletBalance", "totalUnrealizedProfit",
    "totalMarginBalance", "totalPositionInitialMargin", "totalOpenOrderInitialMargin",
    "totalCrossWalletBalance", "totalCrossUnPnl", "availableBalance", "maxWithdrawAmount", "assets", "positions",
}  # fmt: skip
ASSET_FIELDS = {
    "asset", "walletBalance", "unrealizedProfit", "marginBalance", "maintMargin", "initialMargin",
    "positionInitialMargin", "openOrderInitialMargin", "crossWalletBalance", "crossUnPnl", "availableBalance",
    "maxWithdrawAmount", "updateTime",
}  # fmt: skip
POSITION_FIELDS = {
    "symbol", "positionSide", "positionAmt", "unrealizedProfit", "isolatedMargin", "notional",
    "isolatedWallet", "initialMargin", "maintMargin", "updateTime",
}  # fmt: skip
RISK_FIELDS = {
    "symbol", "positionSide", "positionAmt", "entryPrice", "breakEvenPrice", "markPrice", "unRealizedProfit",
    "liquidationPrice", "isolatedMargin", "notional", "marginAsset", "isolatedWallet", "initialMargin",
    "maintMargin", "positionInitialMargin", "openOrderInitialMargin", "adl", "bidNotional", "askNotional",
    "updateTime",
}  # fmt: skip


def long_tenth(call: Caller) -> None:
    call.other().order("SELL", "0.1", "60000")
    call.order("BUY", "0.1")
    call.local("POST", "/local/v1/mark", symbol="BTCUSDT", price="61000")


def test_balances_name_every_field_and_zero_balances_too(call: Caller) -> None:
    long_tenth(call)
    rows = call("GET", "/fapi/v3/balance")
    assert all(set(row) == BALANCE_FIELDS for row in rows)
    assert [row["balance"] for row in rows[1:]] == ["0.00000000"] * (len(rows) - 1)
    assert (rows[0]["asset"], rows[0]["balance"], rows[0]["crossUnPnl"]) == (
        "USDT",
        "9997.00000000",
        "100.00000000",
    )
    assert Decimal(rows[0]["availableBalance"]) == 9_997 + 100 - 305
    assert Decimal(rows[0]["maxWithdrawAmount"]) == 9_997 + 100 - 305


def test_the_account_adds_up(call: Caller) -> None:
    long_tenth(call)
    call.order("BUY", "0.1", "59000")
    account = call("GET", "/fapi/v3/account")
    assert set(account) == TOTALS
    assert all(set(row) == ASSET_FIELDS for row in account["assets"])
    (position,) = account["positions"]
    assert set(position) == POSITION_FIELDS
    assert Decimal(account["totalMarginBalance"]) == 9_997 + 100
    assert Decimal(account["totalPositionInitialMargin"]) == 305
    assert Decimal(account["totalOpenOrderInitialMargin"]) == 295
    assert Decimal(account["totalInitialMargin"]) == Decimal(position["initialMargin"]) == 600


def test_positions_stand_only_where_something_is_held_or_ordered(call: Caller) -> None:
    assert call("GET", "/fapi/v3/positionRisk") == []
    ack = call.order("BUY", "0.1", "59000")
    (row,) = call("GET", "/fapi/v3/positionRisk")
    assert (row["symbol"], row["positionAmt"], row["entryPrice"]) == ("BTCUSDT", "0.000", "0.0")
    call("DELETE", "/fapi/v1/order", symbol="BTCUSDT", orderId=ack["orderId"])
    assert call("GET", "/fapi/v3/positionRisk") == []


def test_a_positions_risk_names_every_field(call: Caller) -> None:
    long_tenth(call)
    (row,) = call("GET", "/fapi/v3/positionRisk", symbol="BTCUSDT")
    assert set(row) == RISK_FIELDS
    assert (row["entryPrice"], row["unRealizedProfit"], row["notional"], row["positionAmt"]) == (
        "60000.0",
        "100.00000000",
        "6100.00000000",
        "0.100",
    )
    assert row["breakEvenPrice"] == "60030.0"


def test_hedge_mode_shows_both_sides_and_no_net_row(call: Caller) -> None:
    call("POST", "/fapi/v1/positionSide/dual", dualSidePosition="true")
    other = call.other()
    for side, position_side in (("BUY", "LONG"), ("SELL", "SHORT")):
        other.order("SELL" if side == "BUY" else "BUY", "0.01", "60000")
        call.order(side, "0.01", positionSide=position_side)
    rows = call("GET", "/fapi/v3/positionRisk")
    assert {(row["positionSide"], row["positionAmt"]) for row in rows} == {("LONG", "0.010"), ("SHORT", "-0.010")}


def test_income_names_its_trade(call: Caller) -> None:
    long_tenth(call)
    transfer, fee = call("GET", "/fapi/v1/income")
    assert set(fee) == {"symbol", "incomeType", "income", "asset", "info", "time", "tranId", "tradeId"}
    assert (transfer["incomeType"], transfer["income"], transfer["tradeId"]) == ("TRANSFER", "10000.00000000", "")
    (trade,) = call("GET", "/fapi/v1/userTrades", symbol="BTCUSDT")
    assert (fee["incomeType"], fee["income"], fee["tradeId"]) == ("COMMISSION", "-3.00000000", str(trade["id"]))


ACCOUNT_V2 = {
    "feeTier",
    "feeBurn",
    "canTrade",
    "canDeposit",
    "canWithdraw",
    "updateTime",
    "multiAssetsMargin",
    "tradeGroupId",
}
POSITION_V2_FIELDS = {
    "symbol", "initialMargin", "maintMargin", "unrealizedProfit", "positionInitialMargin", "openOrderInitialMargin",
    "leverage", "isolated", "entryPrice", "breakEvenPrice", "maxNotional", "bidNotional", "askNotional", "positionSide",
    "positionAmt", "notional", "isolatedWallet", "updateTime",
}  # fmt: skip


def test_version_two_of_the_account_has_settings_and_every_contract(call: Caller) -> None:
    long_tenth(call)
    account, newer = call("GET", "/fapi/v2/account"), call("GET", "/fapi/v3/account")
    assert set(account) == ACCOUNT_V2 | TOTALS
    assert all(set(row) == ASSET_FIELDS | {"marginAvailable"} for row in account["assets"])
    assert all(set(row) == POSITION_V2_FIELDS for row in account["positions"])
    assert {row["symbol"] for row in account["positions"]} == set(call.runtime.engine.listings)
    assert all(account[name] == newer[name] for name in TOTALS - {"assets", "positions"})
    held = next(row for row in account["positions"] if row["symbol"] == "BTCUSDT")
    assert (held["leverage"], held["isolated"], held["maxNotional"], held["positionAmt"]) == (
        "20",
        False,
        "100000000",
        "0.100",
    )


def test_both_versions_of_the_balance_are_alike(call: Caller) -> None:
    long_tenth(call)
    assert call("GET", "/fapi/v2/balance") == call("GET", "/fapi/v3/balance")


def test_an_isolated_margin_is_out_of_the_cross_wallet_and_in_the_total(call: Caller) -> None:
    call("POST", "/fapi/v1/marginType", symbol="BTCUSDT", marginType="ISOLATED")
    long_tenth(call)
    account, (row, *_) = call("GET", "/fapi/v3/account"), call("GET", "/fapi/v3/balance")
    assert (account["totalWalletBalance"], account["totalCrossWalletBalance"]) == ("9997.00000000", "9700.00000000")
    assert (account["totalUnrealizedProfit"], account["totalCrossUnPnl"]) == ("100.00000000", "0.00000000")
    assert (row["balance"], row["crossWalletBalance"], row["crossUnPnl"]) == (
        "9997.00000000",
        "9700.00000000",
        "0.00000000",
    )
    assert row["availableBalance"] == row["maxWithdrawAmount"] == "9700.00000000"
    assert account["positions"][0]["isolatedWallet"] == "297.00000000"


def test_in_multi_assets_mode_the_totals_are_in_usd_and_every_asset_is_available_in_its_own_unit(call: Caller) -> None:
    key = call.sender.api_key
    call.local("POST", "/local/v1/transfer", api_key=key, asset="BTC", amount="1")
    assert call("GET", "/fapi/v3/account")["totalWalletBalance"] == "10000.00000000"
    call("POST", "/fapi/v1/multiAssetsMargin", multiAssetsMargin="true")
    account = call("GET", "/fapi/v3/account")
    assert account["totalWalletBalance"] == account["availableBalance"] == "67000.00000000"
    rows = {row["asset"]: row for row in call("GET", "/fapi/v3/balance")}
    assert rows["USDT"]["availableBalance"] == "67000.00000000"
    assert rows["USDC"]["availableBalance"] == "66966.51674162"
    assert (rows["USDT"]["maxWithdrawAmount"], rows["BTC"]["maxWithdrawAmount"]) == ("10000.00000000", "1.00000000")
    assert rows["USDC"]["maxWithdrawAmount"] == "0.00000000"
    assert call("GET", "/fapi/v1/accountConfig")["multiAssetsMargin"] is True
