"""Funding: at its time every position pays, or gets, its notional at mark times the rate."""

from dataclasses import dataclass

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.events import BY_FUNDING, position_row
from connector.simulator.accounts.positions import Position
from connector.simulator.accounts.records import FUNDING_FEE, IncomeRecord
from connector.simulator.fixed_point import E8, half_up
from connector.simulator.market.listing import Listing
from connector.simulator.matching.clearing import Clearing


@dataclass(frozen=True, slots=True)
class Settlement:
    """One row of the funding history."""

    symbol: str
    #: The time it was due.
    funding_ms: int
    rate_e8: int
    mark_e8: int


def settle(clearing: Clearing, listing: Listing, due_ms: int, now_ms: int) -> Settlement:
    """Pays -Q x MP x rate for every position of the symbol ("Funding": longs pay when the rate is positive)."""
    mark_price = listing.mark_price
    for account in list(clearing.holders.get(listing.symbol, {}).values()):
        for position in _held(account, listing.symbol):
            amount_e8 = -half_up(position.value_e16(mark_price.mark_e8) * mark_price.rate_e8, E8 * E8)
            if amount_e8:
                _pay(clearing, account, position, amount_e8, listing, now_ms)
    return Settlement(listing.symbol, due_ms, mark_price.rate_e8, mark_price.mark_e8)


def _held(account: Account, symbol: str) -> list[Position]:
    """An account's positions of a symbol; the two of a hedge in the order in which they were opened first.

    The background's accounts hold every contract: only for a hedge are all of them looked through.
    """
    held = account.held_of(symbol)
    return held if len(held) < 2 else [one for one in account.held() if one.instrument.symbol == symbol]


def _pay(
    clearing: Clearing, account: Account, position: Position, amount_e8: int, listing: Listing, now_ms: int
) -> None:
    """One position's payment: out of its own margin where it is isolated, and then told with it."""
    asset = listing.instrument.quote
    record = IncomeRecord(clearing.ids.next_income(), FUNDING_FEE, listing.symbol, asset, amount_e8, now_ms)
    clearing.book(account, record)
    clearing.house_ledger.of(asset).funding_e8 -= amount_e8
    position.fees_e8 -= amount_e8
    is_isolated = listing.symbol in account.isolated
    if is_isolated:
        position.isolated_e8 += amount_e8
    rows = (position_row(position, listing.mark_price.mark_e8, is_isolated=True),) if is_isolated else ()
    clearing.report_account(account, BY_FUNDING, now_ms, {asset: amount_e8}, rows, listing.symbol)
