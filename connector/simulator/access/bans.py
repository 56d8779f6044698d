"""Bans of addresses that go on after a 429: for two minutes at first, up to three days ("IP limits").

The venue says no more than that bans grow from 2 minutes to 3 days for repeated offences. How many requests after
the first 429 bring one, and by how much they grow, is (inf.) and stands here alone.
"""

from dataclasses import dataclass

#: Requests beyond a limit, each within a minute of the one before, that bring a ban.
OFFENCES_TO_A_BAN = 10
OFFENCE_MEMORY_MS = 60_000
#: A ban is so many times as long as the one before.
GROWTH = 4
#: The longest ban in lengths of the first: 3 days of 2 minutes.
LONGEST = 2_160
#: Offenders kept in mind; beyond, the one that offended first is forgiven.
MOST_OFFENDERS = 10_000


@dataclass(slots=True)
class _Offender:
    offences: int = 0
    offended_ms: int = 0
    bans: int = 0
    until_ms: int = 0


class Bans:
    """By address. `first_ms` is the length of the first ban."""

    def __init__(self, first_ms: int) -> None:
        self._first_ms = first_ms
        self._offenders: dict[str, _Offender] = {}

    @property
    def any_offender(self) -> bool:
        return bool(self._offenders)

    def until_ms(self, address: str, now_ms: int) -> int | None:
        """When the ban in force ends."""
        offender = self._offenders.get(address)
        return offender.until_ms if offender is not None and now_ms < offender.until_ms else None

    def offend(self, address: str, now_ms: int) -> None:
        """Counts a request beyond a limit; enough of them in a row ban the address."""
        offender = self._offenders.setdefault(address, _Offender())
        if now_ms - offender.until_ms > self._first_ms * LONGEST:
            offender.bans = 0
        if now_ms - offender.offended_ms > OFFENCE_MEMORY_MS:
            offender.offences = 0
        offender.offended_ms = now_ms
        offender.offences += 1
        if offender.offences > OFFENCES_TO_A_BAN:
            offender.until_ms = now_ms + self._first_ms * min(LONGEST, GROWTH**offender.bans)
            offender.offences, offender.bans = 0, offender.bans + 1
        if len(self._offenders) > MOST_OFFENDERS:
            del self._offenders[next(iter(self._offenders))]
