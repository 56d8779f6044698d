"""Balances, account, income and settings as REST tells them ("Account information V3")."""

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.margin import Charge
from connector.simulator.accounts.margin_pools import Side
from connector.simulator.accounts.records import IncomeRecord
from connector.simulator.fixed_point import e8_text
from connector.simulator.market.instruments import Instrument
from connector.simulator.payloads.account_snapshot import AccountSnapshot
from connector.simulator.payloads.spelling import bare_e8, one_decimal_e8, transaction_id

Payload = dict[str, object]


def balances(snapshot: AccountSnapshot) -> list[Payload]:
    """The answer of balance v2 and v3, one row an asset, zero balances too."""
    account = snapshot.account
    return [
        {
            "accountAlias": f"local{account.account_id}",
            "asset": asset,
            "balance": e8_text(account.wallets.get(asset, 0)),
            "crossWalletBalance": e8_text(account.cross_wallet_e8(asset)),
            "crossUnPnl": e8_text(snapshot.cross_pool(asset).unrealised_e8),
            "availableBalance": e8_text(snapshot.available_e8(asset)),
            "maxWithdrawAmount": e8_text(snapshot.withdrawable_e8(asset)),
            "marginAvailable": True,
            "updateTime": account.updated_ms.get(asset, 0),
        }
        for asset in snapshot.assets
    ]


def account_information(snapshot: AccountSnapshot) -> Payload:
    """The answer of account v3: totals, assets, and the positions that are held or ordered."""
    positions = [_position(snapshot, key, row) for key, row in snapshot.found.items()]
    return {**_totals(snapshot), "assets": _assets(snapshot), "positions": positions}


def account_information_v2(snapshot: AccountSnapshot) -> Payload:
    """The answer of account v2: with settings, and every position side of every contract."""
    config = {name: fact for name, fact in account_config(snapshot.account).items() if name != "dualSidePosition"}
    return {
        **config,
        "feeBurn": snapshot.account.burns_bnb,
        **_totals(snapshot),
        "assets": [{**row, "marginAvailable": True} for row in _assets(snapshot)],
        "positions": [_position_v2(snapshot, key, row) for key, row in snapshot.every()],
    }


def _totals(snapshot: AccountSnapshot) -> Payload:
    """In USDT alone, or in USD over all assets in multi-assets mode."""
    pool = snapshot.pool
    rows = snapshot.found.values()
    position_e8 = sum(snapshot.worth_e8(row.asset, row.position_e8) for row in rows)
    orders_e8 = sum(snapshot.worth_e8(row.asset, row.orders_e8) for row in rows)
    unrealised_e8 = sum(snapshot.worth_e8(row.asset, row.unrealised_e8) for row in rows if row.isolated_e8 is not None)
    posted_e8 = sum(snapshot.worth_e8(row.asset, row.isolated_e8 or 0) for row in rows)
    wallet_e8, unrealised_e8 = pool.wallet_e8 + posted_e8, pool.unrealised_e8 + unrealised_e8
    return {
        "totalInitialMargin": e8_text(position_e8 + orders_e8),
        "totalMaintMargin": e8_text(sum(snapshot.worth_e8(row.asset, row.maintenance_e8) for row in rows)),
        "totalWalletBalance": e8_text(wallet_e8),
        "totalUnrealizedProfit": e8_text(unrealised_e8),
        "totalMarginBalance": e8_text(wallet_e8 + unrealised_e8),
        "totalPositionInitialMargin": e8_text(position_e8),
        "totalOpenOrderInitialMargin": e8_text(orders_e8),
        "totalCrossWalletBalance": e8_text(pool.wallet_e8),
        "totalCrossUnPnl": e8_text(pool.unrealised_e8),
        "availableBalance": e8_text(max(0, pool.free_e8)),
        "maxWithdrawAmount": e8_text(pool.withdrawable_e8),
    }


def _assets(snapshot: AccountSnapshot) -> list[Payload]:
    return [_asset(snapshot, asset) for asset in snapshot.assets]


def _asset(snapshot: AccountSnapshot, asset: str) -> Payload:
    account, rows = snapshot.account, snapshot.rows_of(asset)
    wallet_e8, unrealised_e8 = account.wallets.get(asset, 0), sum(row.unrealised_e8 for row in rows)
    return {
        "asset": asset,
        "walletBalance": e8_text(wallet_e8),
        "unrealizedProfit": e8_text(unrealised_e8),
        "marginBalance": e8_text(wallet_e8 + unrealised_e8),
        "maintMargin": e8_text(sum(row.maintenance_e8 for row in rows)),
        "initialMargin": e8_text(sum(row.initial_e8 for row in rows)),
        "positionInitialMargin": e8_text(sum(row.position_e8 for row in rows)),
        "openOrderInitialMargin": e8_text(sum(row.orders_e8 for row in rows)),
        "crossWalletBalance": e8_text(account.cross_wallet_e8(asset)),
        "crossUnPnl": e8_text(snapshot.cross_pool(asset).unrealised_e8),
        "availableBalance": e8_text(snapshot.available_e8(asset)),
        "maxWithdrawAmount": e8_text(snapshot.withdrawable_e8(asset)),
        "updateTime": account.updated_ms.get(asset, 0),
    }


def _position(snapshot: AccountSnapshot, key: Side, row: Charge) -> Payload:
    position, listing = snapshot.position(key), snapshot.listing(key)
    return {
        "symbol": listing.symbol,
        "positionSide": position.position_side,
        "positionAmt": listing.instrument.quantity_text(position.lots),
        "unrealizedProfit": e8_text(row.unrealised_e8),
        "isolatedMargin": padded_isolated_margin(row),
        "notional": bare_e8(position.notional_e8(listing.mark_price.mark_e8)),
        "isolatedWallet": isolated_wallet(row.isolated_e8),
        "initialMargin": bare_e8(row.initial_e8),
        "maintMargin": bare_e8(row.maintenance_e8),
        "updateTime": position.updated_ms,
    }


def _position_v2(snapshot: AccountSnapshot, key: Side, row: Charge) -> Payload:
    position, listing = snapshot.position(key), snapshot.listing(key)
    leverage = snapshot.account.leverage(listing.symbol)
    return {
        "symbol": listing.symbol,
        "initialMargin": bare_e8(row.initial_e8),
        "maintMargin": bare_e8(row.maintenance_e8),
        "unrealizedProfit": e8_text(row.unrealised_e8),
        "positionInitialMargin": bare_e8(row.position_e8),
        "openOrderInitialMargin": bare_e8(row.orders_e8),
        "leverage": str(leverage),
        "isolated": row.isolated_e8 is not None,
        "entryPrice": one_decimal_e8(position.entry_e8()),
        "breakEvenPrice": one_decimal_e8(position.break_even_e8()),
        "maxNotional": str(listing.instrument.cap_at(leverage)),
        "bidNotional": "0",
        "askNotional": "0",
        "positionSide": position.position_side,
        "positionAmt": listing.instrument.quantity_text(position.lots),
        "notional": bare_e8(position.notional_e8(listing.mark_price.mark_e8)),
        "isolatedWallet": isolated_wallet(row.isolated_e8),
        "updateTime": position.updated_ms,
    }


def isolated_wallet(isolated_e8: int | None) -> str:
    """What is posted for an isolated position; a plain 0 in cross mode."""
    return bare_e8(isolated_e8 or 0)


def isolated_margin(row: Charge) -> str:
    """What is posted for an isolated position with its result; a plain 0 in cross mode and when flat."""
    return bare_e8(_isolated_margin_e8(row))


def padded_isolated_margin(row: Charge) -> str:
    """The same where the venue pads its zeros."""
    return e8_text(_isolated_margin_e8(row))


def _isolated_margin_e8(row: Charge) -> int:
    return row.isolated_e8 + row.unrealised_e8 if row.isolated_e8 else 0


def income_row(record: IncomeRecord) -> Payload:
    """A row of income; `info` and `tradeId` are empty where no trade was the cause."""
    trade = "" if record.trade_id is None else str(record.trade_id)
    return {
        "symbol": record.symbol,
        "incomeType": record.kind,
        "income": e8_text(record.amount_e8),
        "asset": record.asset,
        "info": trade or record.kind,
        "time": record.time_ms,
        "tranId": transaction_id(record.income_id),
        "tradeId": trade,
    }


def account_config(account: Account) -> Payload:
    return {
        "feeTier": 0,
        "canTrade": not account.in_liquidation,
        "canDeposit": True,
        "canWithdraw": True,
        "dualSidePosition": account.hedge,
        "updateTime": 0,
        "multiAssetsMargin": account.multi_assets,
        "tradeGroupId": account.trade_group_id,
    }


def symbol_config(account: Account, instrument: Instrument) -> Payload:
    leverage = account.leverage(instrument.symbol)
    return {
        "symbol": instrument.symbol,
        "marginType": "ISOLATED" if instrument.symbol in account.isolated else "CROSSED",
        "isAutoAddMargin": False,
        "leverage": leverage,
        "maxNotionalValue": str(instrument.cap_at(leverage)),
    }


def commission_rate(instrument: Instrument) -> Payload:
    return {
        "symbol": instrument.symbol,
        "makerCommissionRate": e8_text(instrument.maker_fee_e8)[:8],
        "takerCommissionRate": e8_text(instrument.taker_fee_e8)[:8],
        "rpiCommissionRate": e8_text(instrument.maker_fee_e8)[:8],
    }
