"""Who may trade: API keys and the listen keys of their user streams ("Listen key")."""

import secrets
import string
from dataclasses import dataclass, replace

from connector.simulator.access.signatures import MAY_TRADE, KeyKind, Pair, Rights

LISTEN_KEY_LIFE_MS = 60 * 60_000
_LETTERS = string.ascii_letters + string.digits


def random_key() -> str:
    """64 letters and digits, as the venue's keys look."""
    return "".join(secrets.choice(_LETTERS) for _ in range(64))


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One API key and the account it trades for. Keys are made up anew in each life of the exchange."""

    account_id: int
    api_key: str
    #: The shared secret of an HMAC key, else the private half as PEM, empty where the exchange never saw it.
    api_secret: str
    kind: KeyKind = KeyKind.HMAC
    public_key: str = ""
    rights: Rights = MAY_TRADE
    created_ms: int = 0

    @property
    def lock(self) -> str:
        """What signatures are checked with: the shared secret, or the public half as PEM."""
        return self.public_key or self.api_secret


class ApiKeys:
    """All keys of this life."""

    def __init__(self) -> None:
        self._by_key: dict[str, ApiKey] = {}

    def admit(
        self, account_id: int, pair: Pair | None = None, rights: Rights | None = None, created_ms: int = 0
    ) -> ApiKey:
        """Makes up a key for an account: an HMAC one, or one that signs with `pair`. By default it may trade."""
        api_key, rights = random_key(), rights or MAY_TRADE
        made = (
            ApiKey(account_id, api_key, random_key(), rights=rights, created_ms=created_ms)
            if pair is None
            else ApiKey(account_id, api_key, pair.private, pair.kind, pair.public, rights, created_ms)
        )
        self._by_key[api_key] = made
        return made

    def find(self, api_key: str) -> ApiKey | None:
        return self._by_key.get(api_key)

    def all(self) -> list[str]:
        return list(self._by_key)

    def permit(self, api_key: str, rights: Rights) -> ApiKey | None:
        """Changes what a key permits; None for a key that nobody has."""
        known = self._by_key.get(api_key)
        if known is None:
            return None
        self._by_key[api_key] = changed = replace(known, rights=rights)
        return changed

    def revoke(self, api_key: str) -> ApiKey | None:
        """Ends a key for good and returns whose it was."""
        return self._by_key.pop(api_key, None)


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
