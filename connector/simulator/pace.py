"""Rate limits: weight per address and orders per account, in calendar-aligned windows ("Rate limits")."""

from dataclasses import dataclass

from connector.simulator.refusals import Refusal

ORDERS_PER_10S = 300
ORDERS_PER_MINUTE = 1200
MINUTE_MS, TEN_SECONDS_MS = 60_000, 10_000


@dataclass(frozen=True, slots=True)
class AddressLimit:
    """A pool of requests of one address; `header` names what is used of it, empty where no answer tells."""

    most: int
    width_ms: int
    interval: str
    header: str = ""


WEIGHT = AddressLimit(2400, MINUTE_MS, "minute", "X-MBX-USED-WEIGHT-1M")
#: fundingRate and fundingInfo share it, and charge nothing to the weight.
FUNDING = AddressLimit(500, 5 * MINUTE_MS, "5 minutes")


@dataclass(slots=True)
class Window:
    """What was used in the window of `width_ms` that began last."""

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

    def left_s(self, now_ms: int) -> int:
        """Whole seconds until the next window begins, at least one."""
        return (self.width_ms - now_ms % self.width_ms + 999) // 1000


class Pace:
    """Counts for one address and all accounts; `enforced` False only counts."""

    def __init__(self, *, enforced: bool) -> None:
        self._enforced = enforced
        self._used = {limit: Window(limit.width_ms) for limit in (WEIGHT, FUNDING)}
        self._orders: dict[int, tuple[Window, Window]] = {}

    def spend(self, limit: AddressLimit, weight: int, now_ms: int) -> int:
        """What is used of a limit's window, this request included; -1003 when it is over the limit."""
        window = self._used[limit]
        used = window.add(weight, now_ms)
        if self._enforced and used > limit.most:
            raise Refusal(-1003, limit.most, limit.interval, retry_after_s=window.left_s(now_ms))
        return used

    def used(self, limit: AddressLimit, now_ms: int) -> int:
        return self._used[limit].add(0, now_ms)

    def spend_orders(self, account_id: int, now_ms: int, tens: int = 1, minute: int = 1) -> None:
        """Counts orders of an account, so many in each window; -1015 when a window is over its limit."""
        windows = self._windows(account_id)
        used_tens, used_minute = windows[0].add(tens, now_ms), windows[1].add(minute, now_ms)
        if self._enforced and used_tens > ORDERS_PER_10S:
            raise Refusal(-1015, ORDERS_PER_10S, "TEN_SECONDS", retry_after_s=windows[0].left_s(now_ms))
        if self._enforced and used_minute > ORDERS_PER_MINUTE:
            raise Refusal(-1015, ORDERS_PER_MINUTE, "MINUTE", retry_after_s=windows[1].left_s(now_ms))

    def orders_used(self, account_id: int, now_ms: int) -> tuple[int, int]:
        """Orders of the current 10 s and of the current minute."""
        tens, minute = self._windows(account_id)
        return tens.add(0, now_ms), minute.add(0, now_ms)

    def _windows(self, account_id: int) -> tuple[Window, Window]:
        return self._orders.setdefault(account_id, (Window(TEN_SECONDS_MS), Window(MINUTE_MS)))
