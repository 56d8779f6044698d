from connector.simulator.accounts.records import WalletMove
from connector.simulator.fixed_point import E8
from connector.simulator.payloads.spelling import transaction_id
from connector.simulator.payloads.wallet_payloads import (
    NAMES,
    asset_rows,
    equities_e8,
    transfer_history,
    value_e8,
    wallet_balances,
)
from tests.companions.simulator.traders import Desk


def test_assets_are_told_where_there_is_something_of_them() -> None:
    collateral = Desk().engine.collateral
    held = {"USDT": 30_000 * E8, "BNB": 0, "BTC": E8}
    rows = asset_rows(held, collateral, asset=None, valued=True, spot=True)
    assert [(row["asset"], row["free"], row["btcValuation"]) for row in rows] == [
        ("USDT", "30000.00000000", "0.50000000"),
        ("BTC", "1.00000000", "1.00000000"),
    ]
    (row,) = asset_rows(held, collateral, asset="BTC", valued=False, spot=False)
    assert list(row) == ["asset", "free", "locked", "freeze", "withdrawing", "btcValuation"]
    assert row["btcValuation"] == "0"


def test_every_wallet_of_the_venue_is_told_and_those_here_are_valued() -> None:
    desk = Desk()
    trader = desk.trader("6000")
    trader.account.spot["BTC"] = E8
    rows = {row["walletName"]: row for row in wallet_balances(desk.engine, trader.account, "USDT", detailed=True)}
    assert tuple(rows) == NAMES
    assert {name: row["balance"] for name, row in rows.items() if row["activate"]} == {
        "Spot": "60000",
        "Funding": "0",
        "USDⓈ-M Futures": "6000",
    }
    assert rows["Earn"] == {"activate": False, "balance": "0", "walletName": "Earn", "assetBalances": []}
    plain = wallet_balances(desk.engine, trader.account, "BTC", detailed=False)
    assert [row["balance"] for row in plain][:5] == ["1", "0", "0", "0", "0.1"]
    assert "assetBalances" not in plain[0]


def test_the_futures_wallet_counts_with_its_open_result() -> None:
    desk = Desk()
    long, short = desk.trader("10000"), desk.trader("10000")
    short.limit(-1, "0.1", "60000")
    long.market(1, "0.1")
    desk.mark("61000")
    assert equities_e8(desk.engine, long.account)["USDT"] == long.account.wallet_e8 + 100 * E8
    assert value_e8(desk.engine.collateral, {"USDT": 100 * E8}, "USDT") == 100 * E8


def test_a_page_of_moves_counts_them_all() -> None:
    move = WalletMove(7, "MAIN_UMFUTURE", "USDT", 5 * E8 // 2, 99)
    assert transfer_history([move], 3) == {
        "total": 3,
        "rows": [
            {
                "asset": "USDT",
                "amount": "2.5",
                "type": "MAIN_UMFUTURE",
                "status": "CONFIRMED",
                "tranId": transaction_id(7),
                "timestamp": 99,
            }
        ],
    }
