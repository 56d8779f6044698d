"""Balances, positions, income and settings as REST and the user stream tell them ("Account information V3")."""

from collections.abc import Mapping

from connector.simulator.accounts import Account
from connector.simulator.clearing import MAKER_FEE_E8, TAKER_FEE_E8
from connector.simulator.consequences import AccountChanged, LeverageChanged, PositionRow
from connector.simulator.fixed_point import e8_text
from connector.simulator.instruments import Instrument
from connector.simulator.listing import Listing
from connector.simulator.margin import Charge, free_e8, liquidation_price_e8, withdrawable_e8
from connector.simulator.records import IncomeRecord

Payload = dict[str, object]
Charges = Mapping[tuple[str, str], Charge]
Listings = Mapping[str, Listing]

MARGIN_ASSET = "USDT"
#: Assets that a futures wallet shows though nothing of them is held: zero balances are listed too.
EMPTY_ASSETS = ("BTC", "BNB", "ETH", "USDC", "BFUSD")
ZERO = e8_text(0)


def _sums(found: Charges) -> tuple[int, int, int, int]:
    """Unrealised, position margin, order margin and maintenance over everything held or ordered."""
    rows = found.values()
    return (
        sum(row.unrealised_e8 for row in rows),
        sum(row.position_e8 for row in rows),
        sum(row.orders_e8 for row in rows),
        sum(row.maintenance_e8 for row in rows),
    )


def balances(account: Account, found: Charges) -> list[Payload]:
    """The answer of balance v3, one row an asset."""
    unrealised_e8 = _sums(found)[0]
    alias = f"local{account.account_id}"
    held: Payload = {
        "accountAlias": alias,
        "asset": MARGIN_ASSET,
        "balance": e8_text(account.wallet_e8),
        "crossWalletBalance": e8_text(account.wallet_e8),
        "crossUnPnl": e8_text(unrealised_e8),
        "availableBalance": e8_text(max(0, free_e8(account, found))),
        "maxWithdrawAmount": e8_text(withdrawable_e8(account, found)),
        "marginAvailable": True,
        "updateTime": account.updated_ms,
    }
    figures = ("balance", "crossWalletBalance", "crossUnPnl", "availableBalance", "maxWithdrawAmount")
    empty = {**held, **dict.fromkeys(figures, ZERO), "updateTime": 0}
    return [held, *({**empty, "asset": asset} for asset in EMPTY_ASSETS)]


def account_information(account: Account, found: Charges, listings: Listings) -> Payload:
    """The answer of account v3: totals, assets, and the positions that are held or ordered."""
    unrealised_e8, position_e8, orders_e8, maintenance_e8 = _sums(found)
    wallet, unrealised = e8_text(account.wallet_e8), e8_text(unrealised_e8)
    asset: Payload = {
        "asset": MARGIN_ASSET,
        "walletBalance": wallet,
        "unrealizedProfit": unrealised,
        "marginBalance": e8_text(account.wallet_e8 + unrealised_e8),
        "maintMargin": e8_text(maintenance_e8),
        "initialMargin": e8_text(position_e8 + orders_e8),
        "positionInitialMargin": e8_text(position_e8),
        "openOrderInitialMargin": e8_text(orders_e8),
        "crossWalletBalance": wallet,
        "crossUnPnl": unrealised,
        "availableBalance": e8_text(max(0, free_e8(account, found))),
        "maxWithdrawAmount": e8_text(withdrawable_e8(account, found)),
        "updateTime": account.updated_ms,
    }
    empty = {name: ZERO for name in asset if name not in ("asset", "updateTime")}
    return {
        "totalInitialMargin": asset["initialMargin"],
        "totalMaintMargin": asset["maintMargin"],
        "totalWalletBalance": wallet,
        "totalUnrealizedProfit": unrealised,
        "totalMarginBalance": asset["marginBalance"],
        "totalPositionInitialMargin": asset["positionInitialMargin"],
        "totalOpenOrderInitialMargin": asset["openOrderInitialMargin"],
        "totalCrossWalletBalance": wallet,
        "totalCrossUnPnl": unrealised,
        "availableBalance": asset["availableBalance"],
        "maxWithdrawAmount": asset["maxWithdrawAmount"],
        "assets": [asset, *({"asset": name, **empty, "updateTime": 0} for name in EMPTY_ASSETS)],
        "positions": [_account_position(account, listings[key[0]], key[1], row) for key, row in found.items()],
    }


def _account_position(account: Account, listing: Listing, side: str, row: Charge) -> Payload:
    position = account.position(listing.instrument, side)
    mark_e8 = listing.quotes.mark_e8
    return {
        "symbol": listing.symbol,
        "positionSide": side,
        "positionAmt": listing.instrument.quantity_text(position.lots),
        "unrealizedProfit": e8_text(row.unrealised_e8),
        "isolatedMargin": "0",
        "notional": e8_text(position.notional_e8(mark_e8)),
        "isolatedWallet": "0",
        "initialMargin": e8_text(row.initial_e8),
        "maintMargin": e8_text(row.maintenance_e8),
        "updateTime": position.updated_ms,
    }


def position_risk(account: Account, found: Charges, listings: Listings, symbol: str | None) -> list[Payload]:
    """The answer of positionRisk v3: only what is held or ordered."""
    return [
        _position_risk(account, listings[key[0]], key[1], row, found)
        for key, row in found.items()
        if symbol is None or key[0] == symbol
    ]


def _position_risk(account: Account, listing: Listing, side: str, row: Charge, found: Charges) -> Payload:
    position = account.position(listing.instrument, side)
    mark_e8 = listing.quotes.mark_e8
    liquidation_e8 = liquidation_price_e8(account, listing, found) if position.lots else 0
    return {
        "symbol": listing.symbol,
        "positionSide": side,
        "positionAmt": listing.instrument.quantity_text(position.lots),
        "entryPrice": e8_text(position.entry_e8()),
        "breakEvenPrice": e8_text(position.break_even_e8()),
        "markPrice": e8_text(mark_e8),
        "unRealizedProfit": e8_text(row.unrealised_e8),
        "liquidationPrice": e8_text(liquidation_e8) if liquidation_e8 else "0",
        "isolatedMargin": "0",
        "notional": e8_text(position.notional_e8(mark_e8)),
        "marginAsset": listing.instrument.quote,
        "isolatedWallet": "0",
        "initialMargin": e8_text(row.initial_e8),
        "maintMargin": e8_text(row.maintenance_e8),
        "positionInitialMargin": e8_text(row.position_e8),
        "openOrderInitialMargin": e8_text(row.orders_e8),
        "adl": 2 if position.lots else 0,
        "bidNotional": "0",
        "askNotional": "0",
        "updateTime": position.updated_ms,
    }


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
        "tranId": record.income_id,
        "tradeId": trade,
    }


def account_config(account: Account) -> Payload:
    return {
        "feeTier": 0,
        "canTrade": True,
        "canDeposit": True,
        "canWithdraw": True,
        "dualSidePosition": account.hedge,
        "updateTime": 0,
        "multiAssetsMargin": False,
        "tradeGroupId": -1,
    }


def symbol_config(account: Account, instrument: Instrument) -> Payload:
    leverage = account.leverage(instrument.symbol)
    return {
        "symbol": instrument.symbol,
        "marginType": "CROSSED",
        "isAutoAddMargin": False,
        "leverage": leverage,
        "maxNotionalValue": str(instrument.cap_at(leverage)),
    }


def commission_rate(instrument: Instrument) -> Payload:
    return {
        "symbol": instrument.symbol,
        "makerCommissionRate": e8_text(MAKER_FEE_E8)[:8],
        "takerCommissionRate": e8_text(TAKER_FEE_E8)[:8],
        "rpiCommissionRate": e8_text(MAKER_FEE_E8)[:8],
    }


def account_update(change: AccountChanged, listings: Listings, event_ms: int) -> Payload:
    """The event of a wallet or positions that moved. Funding on crossed positions tells the balance alone."""
    body: Payload = {
        "m": change.reason,
        "B": [
            {
                "a": change.asset,
                "wb": e8_text(change.wallet_e8),
                "cw": e8_text(change.wallet_e8),
                "bc": e8_text(change.change_e8),
            }
        ],
        "P": [_pushed_position(row, listings[row.symbol].instrument) for row in change.positions],
    }
    if change.funding_symbol:
        body["S"] = change.funding_symbol
    return {"e": "ACCOUNT_UPDATE", "T": change.time_ms, "E": event_ms, "a": body}


def _pushed_position(row: PositionRow, instrument: Instrument) -> Payload:
    return {
        "s": row.symbol,
        "pa": instrument.quantity_text(row.lots),
        "ep": e8_text(row.entry_e8),
        "cr": e8_text(row.realised_e8),
        "up": e8_text(row.unrealised_e8),
        "mt": "cross",
        "iw": "0",
        "ps": row.position_side,
        "bep": e8_text(row.break_even_e8),
    }


def leverage_update(change: LeverageChanged, event_ms: int) -> Payload:
    """The event of a leverage that changed."""
    return {
        "e": "ACCOUNT_CONFIG_UPDATE",
        "E": event_ms,
        "T": change.time_ms,
        "ac": {"s": change.symbol, "l": change.leverage},
    }
