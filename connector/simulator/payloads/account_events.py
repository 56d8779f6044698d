"""Accounts as the user stream tells them ("Balance and position update", "Margin call")."""

from collections.abc import Mapping

from connector.simulator.accounts.events import (
    AccountChanged,
    AssetModeChanged,
    CalledPosition,
    LeverageChanged,
    MarginCalled,
    PositionRow,
)
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.listing import Listing
from connector.simulator.payloads.account_payloads import Payload, isolated_wallet
from connector.simulator.payloads.spelling import bare_e8, bare_quantity, short_e8

Listings = Mapping[str, Listing]


def account_update(change: AccountChanged, listings: Listings, event_ms: int) -> Payload:
    """The event of wallets or positions that moved. Funding on crossed positions tells the balance alone."""
    body: Payload = {
        "B": [
            {
                "a": row.asset,
                "wb": bare_e8(row.wallet_e8),
                "cw": bare_e8(row.cross_e8),
                "bc": bare_e8(row.change_e8),
            }
            for row in change.balances
        ],
        "P": [_position(row, listings[row.symbol].instrument) for row in change.positions],
        "m": change.reason,
    }
    if change.funding_symbol:
        body["S"] = change.funding_symbol
    return {"e": "ACCOUNT_UPDATE", "T": change.time_ms, "E": event_ms, "a": body}


def _position(row: PositionRow, instrument: Instrument) -> Payload:
    return {
        "s": row.symbol,
        "pa": bare_quantity(row.lots, instrument),
        "ep": short_e8(row.entry_e8),
        "cr": bare_e8(row.realised_e8),
        "up": bare_e8(row.unrealised_e8),
        "mt": "isolated" if row.is_isolated else "cross",
        "iw": isolated_wallet(row.isolated_e8),
        "ps": row.position_side,
        "ma": instrument.quote,
        "bep": short_e8(row.break_even_e8),
    }


def leverage_update(change: LeverageChanged, event_ms: int) -> Payload:
    """The event of a leverage that changed."""
    return _config(change.time_ms, event_ms, {"ac": {"s": change.symbol, "l": change.leverage}})


def asset_mode_update(change: AssetModeChanged, event_ms: int) -> Payload:
    """The event of multi-assets mode switched on or off."""
    return _config(change.time_ms, event_ms, {"ai": {"j": change.multi_assets}})


def _config(time_ms: int, event_ms: int, fact: Payload) -> Payload:
    return {"e": "ACCOUNT_CONFIG_UPDATE", "E": event_ms, "T": time_ms, **fact}


def margin_call(call: MarginCalled, listings: Listings, event_ms: int) -> Payload:
    """The event of a margin that runs short; the cross wallet stands in it for crossed positions only."""
    cross = {} if call.cross_e8 is None else {"cw": bare_e8(call.cross_e8)}
    rows = [_called(called, listings[called.row.symbol].instrument) for called in call.positions]
    return {"e": "MARGIN_CALL", "E": event_ms, **cross, "p": rows}


def _called(called: CalledPosition, instrument: Instrument) -> Payload:
    row = called.row
    return {
        "s": row.symbol,
        "ps": row.position_side,
        "pa": bare_quantity(row.lots, instrument),
        "mt": "ISOLATED" if row.is_isolated else "CROSSED",
        "iw": isolated_wallet(row.isolated_e8),
        "mp": bare_e8(called.mark_e8),
        "up": bare_e8(row.unrealised_e8),
        "mm": bare_e8(called.maintenance_e8),
    }
