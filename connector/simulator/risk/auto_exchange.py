"""Automatic exchange: in multi-assets mode a debt is paid out of the account's other assets.

Published ("Multi-Assets Mode Information" of the trading rules, as of 2026): it happens when a wallet falls below its
asset's threshold, when a liquidation leaves a debt, and when an account without positions and orders owes as much as it
has; the other assets are exchanged in proportion to what each holds, at rates of the exchange's own. Inferred: that the
proportion is that of their values at those rates, that the whole debt is paid, and that rounding is the account's loss.
"""

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.events import BY_AUTO_EXCHANGE
from connector.simulator.accounts.records import AUTO_EXCHANGE, IncomeRecord
from connector.simulator.market.collateral_prices import CollateralPrices
from connector.simulator.matching.clearing import Clearing


def exchange_debts(clearing: Clearing, account: Account, now_ms: int, *, every: bool = False) -> None:
    """Pays debts that are past their asset's threshold, or `every` one, as far as the account's assets reach."""
    for asset, wallet_e8 in list(account.wallets.items()):
        below_e8 = 0 if every else clearing.collateral.row(asset).exchange_below_e8
        if wallet_e8 < below_e8:
            _pay(clearing, account, asset, -wallet_e8, now_ms)


def _pay(clearing: Clearing, account: Account, asset: str, debt_e8: int, now_ms: int) -> None:
    given, bought_e8 = shares(account, asset, debt_e8, clearing.collateral)
    if not bought_e8:
        return
    changes = {asset: bought_e8, **{source: -given_e8 for source, given_e8 in given.items()}}
    for one, amount_e8 in changes.items():
        record = IncomeRecord(clearing.ids.next_income(), AUTO_EXCHANGE, "", one, amount_e8, now_ms)
        clearing.book(account, record)
        clearing.house_ledger.of(one).exchanged_e8 -= amount_e8
    clearing.report_account(account, BY_AUTO_EXCHANGE, now_ms, changes)


def shares(account: Account, asset: str, debt_e8: int, prices: CollateralPrices) -> tuple[dict[str, int], int]:
    """What each asset gives for a debt, rounded up to a unit, and how much of the debt that pays."""
    held = {source: amount_e8 for source, amount_e8 in account.wallets.items() if amount_e8 > 0}
    worth = {source: amount_e8 * prices.exchange_bid_e8(source) for source, amount_e8 in held.items()}
    ask_e8, whole = prices.exchange_ask_e8(asset), sum(worth.values())
    wanted = debt_e8 * ask_e8
    if wanted >= whole:
        return held, whole // ask_e8
    return {source: -(-amount_e8 * wanted // whole) for source, amount_e8 in held.items()}, debt_e8
