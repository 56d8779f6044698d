"""Spot and funding wallets, and what all wallets are worth, as the wallet's paths tell them ("Wallet endpoints")."""

from collections.abc import Iterable, Mapping

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.records import WalletMove
from connector.simulator.engine import Engine
from connector.simulator.fixed_point import e8_text, half_up
from connector.simulator.market.collateral_prices import CollateralPrices
from connector.simulator.payloads.spelling import short_e8, transaction_id

Payload = dict[str, object]
#: What values are told in unless asked otherwise.
BITCOIN = "BTC"
#: The wallets of the venue, in its order, by what they are called.
SPOT_NAME, FUNDING_NAME, FUTURES_NAME = "Spot", "Funding", "USDⓈ-M Futures"
NAMES = (
    SPOT_NAME, FUNDING_NAME, "Cross Margin", "Isolated Margin", FUTURES_NAME, "COIN-M Futures", "Earn", "Options",
    "Trading Bots", "Copy Trading",
)  # fmt: skip


def asset_rows(
    held: Mapping[str, int], collateral: CollateralPrices, *, asset: str | None, valued: bool, spot: bool
) -> list[Payload]:
    """What a wallet holds, an asset a row; nothing of it is ever locked here. `valued` in bitcoin, else 0."""
    return [
        {
            "asset": each,
            "free": e8_text(amount_e8),
            "locked": "0",
            "freeze": "0",
            "withdrawing": "0",
            **({"ipoable": "0"} if spot else {}),
            "btcValuation": e8_text(value_e8(collateral, {each: amount_e8}, BITCOIN)) if valued else "0",
        }
        for each, amount_e8 in held.items()
        if amount_e8 and asset in (None, each)
    ]


def wallet_balances(engine: Engine, account: Account, quote: str, *, detailed: bool) -> list[Payload]:
    """Every wallet of the venue and its value in `quote`; those that this exchange lacks are not activated.

    The futures wallet counts with what its positions would bring.
    """
    held = {SPOT_NAME: account.spot, FUNDING_NAME: account.funding, FUTURES_NAME: equities_e8(engine, account)}
    return [
        {
            "activate": name in held,
            "balance": short_e8(value_e8(engine.collateral, held.get(name, {}), quote)),
            "walletName": name,
            **({"assetBalances": _details(engine.collateral, held.get(name, {}))} if detailed else {}),
        }
        for name in NAMES
    ]


def _details(collateral: CollateralPrices, held: Mapping[str, int]) -> list[Payload]:
    return [
        {
            "asset": asset,
            "assetName": asset,
            "free": e8_text(amount_e8),
            "locked": "0",
            "freeze": "0",
            "withdrawing": "0",
            "btcValuation": e8_text(value_e8(collateral, {asset: amount_e8}, BITCOIN)),
        }
        for asset, amount_e8 in held.items()
        if amount_e8
    ]


def equities_e8(engine: Engine, account: Account) -> dict[str, int]:
    """The futures wallet with what its positions would bring at the mark, 1e-8 by asset."""
    results = results_e8(engine, account)
    return account.wallets | {asset: account.wallets.get(asset, 0) + result for asset, result in results.items()}


def results_e8(engine: Engine, account: Account) -> dict[str, int]:
    """What positions would bring at the mark, 1e-8 by asset."""
    found: dict[str, int] = {}
    for position in account.held():
        asset, mark_e8 = position.instrument.quote, engine.listings[position.instrument.symbol].mark_price.mark_e8
        found[asset] = found.get(asset, 0) + position.unrealised_e8(mark_e8)
    return found


def value_e8(collateral: CollateralPrices, held: Mapping[str, int], quote: str) -> int:
    """What assets are worth in `quote` at their index prices."""
    usd_e16 = sum(collateral.index_e8(asset) * amount_e8 for asset, amount_e8 in held.items())
    return half_up(usd_e16, collateral.index_e8(quote))


def transfer_history(moves: Iterable[WalletMove], total: int) -> Payload:
    """A page of moves between wallets, each of which was made wholly."""
    rows = [
        {
            "asset": move.asset,
            "amount": short_e8(move.amount_e8),
            "type": move.way,
            "status": "CONFIRMED",
            "tranId": transaction_id(move.move_id),
            "timestamp": move.time_ms,
        }
        for move in moves
    ]
    return {"total": total, "rows": rows}
