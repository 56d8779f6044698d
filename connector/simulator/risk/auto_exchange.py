"""Automatic exchange: in multi-assets mode a debt that grew past its threshold is paid out of other assets.

Source: "Multi-Assets Mode Asset Index": the rates carry the exchange's buffers. That the most valuable asset pays
first, and the whole debt is paid, is inferred.
"""

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.events import BY_AUTO_EXCHANGE
from connector.simulator.accounts.records import AUTO_EXCHANGE, IncomeRecord
from connector.simulator.fixed_point import E8
from connector.simulator.market.collateral_prices import ASSETS, CollateralPrices
from connector.simulator.matching.clearing import Clearing


def exchange_debts(clearing: Clearing, account: Account, now_ms: int) -> None:
    """Pays every debt of the account that is past its asset's threshold, as far as its other assets reach."""
    for asset, wallet_e8 in list(account.wallets.items()):
        if wallet_e8 < ASSETS[asset].exchange_below_e8:
            _pay(clearing, account, asset, -wallet_e8, now_ms)


def _pay(clearing: Clearing, account: Account, asset: str, debt_e8: int, now_ms: int) -> None:
    prices = clearing.collateral
    changes: dict[str, int] = {asset: 0}
    for source in _sources(account, prices):
        if not debt_e8:
            break
        needed_e8 = -(-debt_e8 * prices.exchange_ask_e8(asset) // prices.exchange_bid_e8(source))
        given_e8 = min(needed_e8, account.wallets[source])
        bought_e8 = min(debt_e8, given_e8 * prices.exchange_bid_e8(source) // prices.exchange_ask_e8(asset))
        for one, amount_e8 in ((source, -given_e8), (asset, bought_e8)):
            income_id = clearing.ids.next_income()
            clearing.book(account, IncomeRecord(income_id, AUTO_EXCHANGE, "", one, amount_e8, now_ms))
            clearing.house_ledger.of(one).exchanged_e8 -= amount_e8
            changes[one] = changes.get(one, 0) + amount_e8
        debt_e8 -= bought_e8
    if changes[asset]:
        clearing.report_account(account, BY_AUTO_EXCHANGE, now_ms, changes)


def _sources(account: Account, prices: CollateralPrices) -> list[str]:
    """The assets that can pay, the most valuable holding first."""
    worth = {asset: held_e8 * prices.index_e8(asset) // E8 for asset, held_e8 in account.wallets.items() if held_e8 > 0}
    return sorted(worth, key=lambda asset: (-worth[asset], asset))
