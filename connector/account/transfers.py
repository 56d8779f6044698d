"""Money that came or went by no trade and no funding, as the venue pushes it.

Source: "ACCOUNT_UPDATE", as of 2026-11: `bc` is the change of a wallet without results and commissions.
"""

from decimal import Decimal

from connector.core.account_events import TransferEvent
from connector.core.reports import AccountReport
from connector.venue.income_kinds import moves_money


def transfers(report: AccountReport) -> tuple[tuple[TransferEvent, Decimal], ...]:
    """An event for each wallet that a push says was moved so, with what the wallet came to."""
    if report.complete or not moves_money(report.reason):
        return ()
    return tuple(
        (TransferEvent(report.time_ms / 1000, row.asset, row.change, report.reason), row.wallet)
        for row in report.balances
        if row.change
    )
