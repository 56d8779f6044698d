"""Funding payments, each counted once: by its number in the venue's account book, and by nothing else.

Payments may be alike in all but their numbers: both sides of a hedged pair, a regular one beside a special one, two
settlements in a row. A number is unique among those of its kind ("Get Income History", as of 2026-11).
"""

from connector.core.reports import FundingReport


class FundingPayments:
    """The payments reported, the latest `keep_count` of them."""

    def __init__(self, keep_count: int = 8_192) -> None:
        self._keep_count = keep_count
        self._known: dict[tuple[bool, str], None] = {}

    def is_known(self, income_id: str, *, is_special: bool) -> bool:
        """Whether it was reported before."""
        return (is_special, income_id) in self._known

    def is_new(self, report: FundingReport) -> bool:
        """Take one report in; whether it is the first of its payment."""
        key = report.is_special, report.income_id
        if key in self._known:
            return False
        self._known[key] = None
        if len(self._known) > self._keep_count:
            del self._known[next(iter(self._known))]
        return True
