"""Rate limits: weight per address and orders per account, in calendar-aligned windows ("Rate limits")."""

from collections.abc import Callable
from dataclasses import dataclass, field

from connector.simulator.access.bans import Bans
from connector.simulator.access.loopback import HOME
from connector.simulator.errors import Banned, VenueError

ORDERS_PER_10S = 300
ORDERS_PER_MINUTE = 1200
MINUTE_MS, TEN_SECONDS_MS = 60_000, 10_000
#: Addresses whose use is counted at one time; beyond, the one that came first starts anew.
MOST_ADDRESSES = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class AddressLimit:
    """A pool of requests of one address, or of one account."""

    most: int
    width_ms: int
    interval: str
    #: The header that says what is used of it, empty where no answer does.
    header: str = ""
    by_account: bool = False


WEIGHT = AddressLimit(2400, MINUTE_MS, "minute", "X-MBX-USED-WEIGHT-1M")
#: fundingRate and fundingInfo share it, and charge nothing to the weight.
FUNDING = AddressLimit(500, 5 * MINUTE_MS, "5 minutes")
#: All of `/futures/data/` shares it, and charges nothing to the weight.
STATISTICS = AddressLimit(1000, 5 * MINUTE_MS, "5 minutes")
#: The spot market's weight, another host's on the venue.
SPOT_WEIGHT = AddressLimit(6000, MINUTE_MS, "minute", "X-MBX-USED-WEIGHT-1M")


def wallet_limit() -> AddressLimit:
    """A pool of one of the wallet's paths: each has its own ("SAPI limits")."""
    return AddressLimit(12_000, MINUTE_MS, "minute", "X-SAPI-USED-IP-WEIGHT-1M")


def wallet_account_limit() -> AddressLimit:
    """The same of a path that counts by account."""
    return AddressLimit(180_000, MINUTE_MS, "minute", "X-SAPI-USED-UID-WEIGHT-1M", by_account=True)


@dataclass(slots=True)
class Window:
    """What was used in the latest window of a width."""

    width_ms: int
    number: int = -1
    used: int = 0

    def add(self, cost: int, now_ms: int) -> int:
        """Counts `cost` and returns what is used of the current window."""
        number = now_ms // self.width_ms
        if number != self.number:
            self.number, self.used = number, 0
        self.used += cost
        return self.used

    def fill(self, used: int, now_ms: int) -> None:
        """Lets at least so much be used of the current window."""
        self.used = max(used, self.add(0, now_ms))

    def left_s(self, now_ms: int) -> int:
        """Whole seconds until the next window begins, at least one."""
        return (self.width_ms - now_ms % self.width_ms + 999) // 1000


@dataclass(slots=True)
class _OrderWindows:
    tens: Window = field(default_factory=lambda: Window(TEN_SECONDS_MS))
    minute: Window = field(default_factory=lambda: Window(MINUTE_MS))


def _limit_row(kind: str, interval: str, number: int, most: int) -> dict[str, object]:
    return {"rateLimitType": kind, "interval": interval, "intervalNum": number, "limit": most}


class RateLimits:
    """Counts by address and by account. `enforced` False only counts; limits are `times` the venue's.

    Windows are those of the exchange's clock; bans last by the steady one, where there is one.
    """

    def __init__(
        self,
        *,
        enforced: bool,
        times: float = 1.0,
        first_ban_ms: int = 120_000,
        steady_ms: Callable[[], int] | None = None,
    ) -> None:
        self._enforced, self._times, self._steady_ms = enforced, times, steady_ms
        self._bans = Bans(first_ban_ms)
        self._used: dict[str, dict[AddressLimit, Window]] = {}
        self._orders: dict[int, _OrderWindows] = {}
        self._used_by_others = 0
        self._orders_left: int | None = None
        self.orders_per_10s, self.orders_per_minute = self._scaled(ORDERS_PER_10S), self._scaled(ORDERS_PER_MINUTE)
        self._order_rows = (
            _limit_row("ORDERS", "SECOND", 10, self.orders_per_10s),
            _limit_row("ORDERS", "MINUTE", 1, self.orders_per_minute),
        )
        self._weight_row = _limit_row("REQUEST_WEIGHT", "MINUTE", 1, self._scaled(WEIGHT.most))

    def check_ban(self, address: str, now_ms: int) -> None:
        """418 while an address is banned."""
        if not self._bans.any_offender:
            return
        lasting_ms = self._lasting_ms(now_ms)
        until_ms = self._bans.until_ms(address, lasting_ms)
        if until_ms is not None:
            raise Banned(address, now_ms + until_ms - lasting_ms)

    def offend(self, address: str, now_ms: int) -> None:
        """Takes note that an address was answered 429."""
        self._bans.offend(address, self._lasting_ms(now_ms))

    def spend(self, limit: AddressLimit, weight: int, now_ms: int, address: str = HOME) -> int:
        """What is used of a limit's window, this request included; -1003 when it is over the limit.

        Where the limit is by account, `address` is that account's name.
        """
        window = self._window(limit, address, now_ms)
        used = window.add(weight, now_ms)
        if self._enforced and used > self._scaled(limit.most):
            left_s = window.left_s(now_ms)
            raise VenueError(-1003, address, self._scaled(limit.most), limit.interval, retry_after_s=left_s)
        return used

    def used(self, limit: AddressLimit, now_ms: int, address: str = HOME) -> int:
        return self._window(limit, address, now_ms).add(0, now_ms)

    def leave(self, left: int | None) -> None:
        """Lets other programs use all but `left` of each address's weight, minute after minute; None ends it."""
        self._used_by_others = 0 if left is None else max(0, self._scaled(WEIGHT.most) - left)

    def leave_orders(self, left: int | None) -> None:
        """Lets other programs use all but `left` of each account's orders, window after window; None ends it."""
        self._orders_left = left

    def spend_orders(self, account_id: int, now_ms: int, tens: int = 1, minute: int = 1) -> None:
        """Counts orders of an account, so many in each window; -1015 when a window is over its limit."""
        windows = self._order_windows(account_id, now_ms)
        used_tens, used_minute = windows.tens.add(tens, now_ms), windows.minute.add(minute, now_ms)
        if self._enforced and used_tens > self.orders_per_10s:
            raise VenueError(-1015, self.orders_per_10s, "TEN_SECONDS", retry_after_s=windows.tens.left_s(now_ms))
        if self._enforced and used_minute > self.orders_per_minute:
            raise VenueError(-1015, self.orders_per_minute, "MINUTE", retry_after_s=windows.minute.left_s(now_ms))

    def orders_used(self, account_id: int, now_ms: int) -> tuple[int, int]:
        """Orders of the current 10 s and of the current minute."""
        windows = self._order_windows(account_id, now_ms)
        return windows.tens.add(0, now_ms), windows.minute.add(0, now_ms)

    def order_limits(self) -> list[dict[str, object]]:
        """The order limits in force, as rateLimit/order and exchangeInfo list them."""
        return [dict(row) for row in self._order_rows]

    def weight_limit(self) -> dict[str, object]:
        """The weight limit in force, as exchangeInfo lists it."""
        return dict(self._weight_row)

    def told(self, now_ms: int, address: str, account_id: int | None) -> list[dict[str, object]]:
        """The limits with what is used of them, as an answer of the WS-API tells them: an account's orders first."""
        weight = {**self._weight_row, "count": self.used(WEIGHT, now_ms, address)}
        if account_id is None:
            return [weight]
        tens, minute = self.orders_used(account_id, now_ms)
        by_tens, by_minute = self._order_rows
        return [{**by_tens, "count": tens}, {**by_minute, "count": minute}, weight]

    def _lasting_ms(self, now_ms: int) -> int:
        return now_ms if self._steady_ms is None else self._steady_ms()

    def _scaled(self, most: int) -> int:
        return max(1, round(most * self._times))

    def _window(self, limit: AddressLimit, address: str, now_ms: int) -> Window:
        windows = self._used.get(address)
        if windows is None:
            windows = self._used[address] = {}
            if len(self._used) > MOST_ADDRESSES:
                del self._used[next(iter(self._used))]
        window = windows.get(limit)
        if window is None:
            window = windows[limit] = Window(limit.width_ms)
        if self._used_by_others and limit is WEIGHT:
            window.fill(self._used_by_others, now_ms)
        return window

    def _order_windows(self, account_id: int, now_ms: int) -> _OrderWindows:
        windows = self._orders.get(account_id)
        if windows is None:
            windows = self._orders[account_id] = _OrderWindows()
        if self._orders_left is not None:
            windows.tens.fill(self.orders_per_10s - self._orders_left, now_ms)
            windows.minute.fill(self.orders_per_minute - self._orders_left, now_ms)
        return windows
