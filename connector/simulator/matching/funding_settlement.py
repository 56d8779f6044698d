"""Funding: at its time every position pays, or gets, its notional at mark times the rate.

Contracts on traditional finance have special settlements beside the regular ones, for dividends (since 2026-09-10).
"""

from dataclasses import dataclass
from typing import ClassVar

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.events import BY_FUNDING, position_row
from connector.simulator.accounts.positions import Position
from connector.simulator.accounts.records import FUNDING_FEE, SPECIAL_FUNDING_FEE, IncomeRecord
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

    is_special: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class SpecialSettlement(Settlement):
    """One beside the regular ones."""

    is_special: ClassVar[bool] = True


def settle(clearing: Clearing, listing: Listing, due_ms: int, now_ms: int) -> Settlement:
    """Pays -Q x MP x rate for every position of the symbol ("Funding": longs pay when the rate is positive)."""
    settlement = Settlement(listing.symbol, due_ms, listing.mark_price.rate_e8, listing.mark_price.mark_e8)
    _pay_all(clearing, listing, settlement, now_ms)
    return settlement


def settle_special(clearing: Clearing, listing: Listing, rate_e8: int, now_ms: int) -> Settlement:
    """Pays by a rate of its own, beside the schedule."""
    settlement = SpecialSettlement(listing.symbol, now_ms, rate_e8, listing.mark_price.mark_e8)
    _pay_all(clearing, listing, settlement, now_ms)
    return settlement


def _pay_all(clearing: Clearing, listing: Listing, settlement: Settlement, now_ms: int) -> None:
    kind = SPECIAL_FUNDING_FEE if settlement.is_special else FUNDING_FEE
    for account in list(clearing.holders.get(listing.symbol, {}).values()):
        for position in _held(account, listing.symbol):
            amount_e8 = -half_up(position.value_e16(settlement.mark_e8) * settlement.rate_e8, E8 * E8)
            if amount_e8:
                asset, income_id = listing.instrument.quote, clearing.ids.next_income()
                record = IncomeRecord(income_id, kind, listing.symbol, asset, amount_e8, now_ms)
                _pay(clearing, account, position, record, listing)


def _held(account: Account, symbol: str) -> list[Position]:
    """An account's positions of a symbol; the two of a hedge in the order in which they were opened first.

    The background's accounts hold every contract: only for a hedge are all of them looked through.
    """
    held = account.held_of(symbol)
    return held if len(held) < 2 else [one for one in account.held() if one.instrument.symbol == symbol]


def _pay(clearing: Clearing, account: Account, position: Position, record: IncomeRecord, listing: Listing) -> None:
    """One position's payment: out of its own margin where it is isolated, and then told with it."""
    asset, amount_e8 = record.asset, record.amount_e8
    clearing.book(account, record)
    clearing.house_ledger.of(asset).funding_e8 -= amount_e8
    position.fees_e8 -= amount_e8
    is_isolated = listing.symbol in account.isolated
    if is_isolated:
        position.isolated_e8 += amount_e8
    rows = (position_row(position, listing.mark_price.mark_e8, is_isolated=True),) if is_isolated else ()
    clearing.report_account(account, BY_FUNDING, record.time_ms, {asset: amount_e8}, rows, listing.symbol)
