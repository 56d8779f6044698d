"""Funding: at its time every position pays, or gets, its notional at mark times the rate."""

from dataclasses import dataclass

from connector.simulator.clearing import Clearing
from connector.simulator.consequences import BY_FUNDING
from connector.simulator.fixed_point import E8, half_up
from connector.simulator.listing import Listing
from connector.simulator.records import FUNDING_FEE, IncomeRecord


@dataclass(frozen=True, slots=True)
class Settlement:
    """One row of the funding history. `funding_ms` is the time it was due."""

    symbol: str
    funding_ms: int
    rate_e8: int
    mark_e8: int


def settle(clearing: Clearing, listing: Listing, due_ms: int, now_ms: int) -> Settlement:
    """Pays -Q x MP x rate for every position of the symbol ("Funding": longs pay when the rate is positive)."""
    quotes = listing.quotes
    for account in clearing.accounts.values():
        for position in account.held():
            if position.instrument.symbol != listing.symbol:
                continue
            amount_e8 = -half_up(position.value_e16(quotes.mark_e8) * quotes.rate_e8, E8 * E8)
            if not amount_e8:
                continue
            income_id = clearing.ids.next_income()
            record = IncomeRecord(income_id, FUNDING_FEE, listing.symbol, "USDT", amount_e8, now_ms)
            clearing.book(account, record)
            clearing.treasury.funding_e8 -= amount_e8
            position.fees_e8 -= amount_e8
            clearing.tell_account(account, listing, BY_FUNDING, now_ms, change_e8=amount_e8)
    return Settlement(listing.symbol, due_ms, quotes.rate_e8, quotes.mark_e8)
