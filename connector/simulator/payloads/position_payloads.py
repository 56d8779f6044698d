"""Positions, their risk and what the exchange did to them, as REST tells it ("Position information V2 / V3")."""

from collections.abc import Iterable

from connector.simulator.accounts.margin import Charge
from connector.simulator.accounts.margin_pools import Side
from connector.simulator.accounts.records import ForcedOrder, MarginMove
from connector.simulator.fixed_point import e8_text
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.orders import BOTH, LONG, SHORT
from connector.simulator.payloads.account_payloads import (
    Payload,
    isolated_margin,
    isolated_wallet,
    padded_isolated_margin,
)
from connector.simulator.payloads.account_snapshot import AccountSnapshot
from connector.simulator.payloads.order_payloads import all_orders_row
from connector.simulator.payloads.spelling import bare_e8, one_decimal_e8
from connector.simulator.risk.insurance import InsuranceFund

FORCED_ORDER_FIELDS = (
    "orderId", "symbol", "pair", "status", "clientOrderId", "price", "avgPrice", "origQty", "executedQty", "cumQuote",
    "cumBase", "timeInForce", "type", "reduceOnly", "closePosition", "side", "positionSide", "stopPrice", "workingType",
    "origType", "time", "updateTime",
)  # fmt: skip


def position_risk(snapshot: AccountSnapshot, symbol: str | None) -> list[Payload]:
    """The answer of positionRisk v3: only what is held or ordered."""
    return [_position_risk(snapshot, key, row) for key, row in snapshot.found.items() if symbol in (None, key[0])]


def position_risk_v2(snapshot: AccountSnapshot, symbol: str | None) -> list[Payload]:
    """The answer of positionRisk v2: every contract, with leverage and margin type, without margins."""
    return [_position_risk_v2(snapshot, key, row) for key, row in snapshot.every(symbol)]


def _position_risk(snapshot: AccountSnapshot, key: Side, row: Charge) -> Payload:
    position, listing = snapshot.position(key), snapshot.listing(key)
    return {
        "symbol": listing.symbol,
        "positionSide": position.position_side,
        **_figures(snapshot, key, row),
        "isolatedMargin": isolated_margin(row),
        "notional": bare_e8(position.notional_e8(listing.mark_price.mark_e8)),
        "marginAsset": listing.instrument.quote,
        "isolatedWallet": isolated_wallet(row.isolated_e8),
        "initialMargin": bare_e8(row.initial_e8),
        "maintMargin": bare_e8(row.maintenance_e8),
        "positionInitialMargin": bare_e8(row.position_e8),
        "openOrderInitialMargin": bare_e8(row.orders_e8),
        "adl": snapshot.engine.risk_monitor.deleveraging.quantile(listing, position) if position.lots else 0,
        "bidNotional": "0",
        "askNotional": "0",
        "updateTime": position.updated_ms,
    }


def _position_risk_v2(snapshot: AccountSnapshot, key: Side, row: Charge) -> Payload:
    position, listing = snapshot.position(key), snapshot.listing(key)
    leverage = snapshot.account.leverage(listing.symbol)
    return {
        "symbol": listing.symbol,
        **_figures(snapshot, key, row),
        "leverage": str(leverage),
        "maxNotionalValue": str(listing.instrument.cap_at(leverage)),
        "marginType": "cross" if row.isolated_e8 is None else "isolated",
        "isolatedMargin": padded_isolated_margin(row),
        "isAutoAddMargin": "false",
        "positionSide": position.position_side,
        "notional": bare_e8(position.notional_e8(listing.mark_price.mark_e8)),
        "isolatedWallet": isolated_wallet(row.isolated_e8),
        "updateTime": position.updated_ms,
    }


def _figures(snapshot: AccountSnapshot, key: Side, row: Charge) -> Payload:
    """What both versions tell of a position, in the same order."""
    position, listing = snapshot.position(key), snapshot.listing(key)
    liquidation_e8 = snapshot.liquidation_price_e8(key) if position.lots else 0
    return {
        "positionAmt": listing.instrument.quantity_text(position.lots),
        "entryPrice": one_decimal_e8(position.entry_e8()),
        "breakEvenPrice": one_decimal_e8(position.break_even_e8()),
        "markPrice": e8_text(listing.mark_price.mark_e8),
        "unRealizedProfit": e8_text(row.unrealised_e8),
        "liquidationPrice": bare_e8(liquidation_e8),
    }


def margin_move_row(move: MarginMove) -> Payload:
    """A row of positionMargin/history."""
    return {
        "symbol": move.symbol,
        "type": move.kind,
        "deltaType": "USER_ADJUST",
        "amount": e8_text(move.amount_e8),
        "asset": move.asset,
        "time": move.time_ms,
        "positionSide": move.position_side,
    }


def forced_order_row(forced: ForcedOrder, instrument: Instrument) -> Payload:
    """A row of forceOrders, which calls the exchange's own orders LIMIT."""
    row = {**all_orders_row(forced.order, instrument), "type": "LIMIT", "origType": "LIMIT"}
    return {name: row[name] for name in FORCED_ORDER_FIELDS}


def adl_quantile_row(snapshot: AccountSnapshot, symbol: str) -> Payload:
    """A row of adlQuantile: hedged cross positions share one quantile under a HEDGE mark, others name BOTH."""
    account, listing = snapshot.account, snapshot.engine.listings[symbol]
    quantiles = {
        side: snapshot.engine.risk_monitor.deleveraging.quantile(listing, account.position(listing.instrument, side))
        for side in (LONG, SHORT, BOTH)
    }
    if account.hedge and symbol not in account.isolated:
        highest = max(quantiles.values())
        return {"symbol": symbol, "adlQuantile": {LONG: highest, SHORT: highest, "HEDGE": 0}}
    return {"symbol": symbol, "adlQuantile": quantiles}


def adl_risk_row(symbol: str, rating: str, now_ms: int) -> Payload:
    """A row of symbolAdlRisk; the venue sends its ratings in capitals."""
    return {"symbol": symbol, "adlRisk": rating, "updateTime": now_ms}


def insurance_row(symbols: Iterable[str], fund: InsuranceFund, assets: list[str], now_ms: int) -> Payload:
    """A group of insuranceBalance: what a price took beyond an empty fund is on its way to deleveraging."""
    return {
        "symbols": sorted(symbols),
        "assets": [
            {"asset": asset, "marginBalance": e8_text(max(0, fund.equity_e8(asset))), "updateTime": now_ms}
            for asset in assets
        ],
    }
