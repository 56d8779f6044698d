"""Who may trade: API keys and the listen keys of their user streams ("Listen key")."""

import secrets
import string
from dataclasses import dataclass

LISTEN_KEY_LIFE_MS = 60 * 60_000
_LETTERS = string.ascii_letters + string.digits


def random_key() -> str:
    """64 letters and digits, as the venue's keys look."""
    return "".join(secrets.choice(_LETTERS) for _ in range(64))


@dataclass(frozen=True, slots=True)
class Member:
    """One API key and the account it trades for. Keys are made up anew in each life of the exchange."""

    account_id: int
    api_key: str
    api_secret: str


class Members:
    """All keys of this life."""

    def __init__(self) -> None:
        self._by_key: dict[str, Member] = {}

    def admit(self, account_id: int) -> Member:
        """Makes up a key for an account."""
        member = Member(account_id, random_key(), random_key())
        self._by_key[member.api_key] = member
        return member

    def find(self, api_key: str) -> Member | None:
        return self._by_key.get(api_key)


@dataclass(slots=True)
class _Lease:
    key: str
    until_ms: int


class ListenKeys:
    """One key an account, alive for an hour after its last extension."""

    def __init__(self) -> None:
        self._leases: dict[int, _Lease] = {}

    def of(self, account_id: int, now_ms: int) -> str | None:
        """The account's live key."""
        lease = self._leases.get(account_id)
        return lease.key if lease and now_ms < lease.until_ms else None

    def create(self, account_id: int, now_ms: int) -> str:
        """The account's live key, extended, or a new one."""
        key = self.extend(account_id, now_ms) or random_key()
        self._leases[account_id] = _Lease(key, now_ms + LISTEN_KEY_LIFE_MS)
        return key

    def extend(self, account_id: int, now_ms: int) -> str | None:
        """Another hour for the account's live key; None where there is none."""
        key = self.of(account_id, now_ms)
        if key is not None:
            self._leases[account_id].until_ms = now_ms + LISTEN_KEY_LIFE_MS
        return key

    def delete(self, account_id: int) -> str | None:
        """Ends the account's key and returns it."""
        lease = self._leases.pop(account_id, None)
        return lease.key if lease else None

    def expired(self, now_ms: int) -> list[str]:
        """Ends every key whose time is over and returns them."""
        over = [account_id for account_id, lease in self._leases.items() if now_ms >= lease.until_ms]
        return [self._leases.pop(account_id).key for account_id in over]

    def all(self) -> list[str]:
        return [lease.key for lease in self._leases.values()]

    def end_all(self) -> list[str]:
        """Ends every key, whoever holds it."""
        keys = self.all()
        self._leases.clear()
        return keys
