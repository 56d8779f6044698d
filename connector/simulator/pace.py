"""Rate limits: request weight per minute and orders per 10 s and minute, in calendar-aligned windows."""

from dataclasses import dataclass

from connector.simulator.refusals import Refusal

WEIGHT_PER_MINUTE = 2400
ORDERS_PER_10S = 300
ORDERS_PER_MINUTE = 1200
MINUTE_MS, TEN_SECONDS_MS = 60_000, 10_000


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
        self._weight = Window(MINUTE_MS)
        self._orders: dict[int, tuple[Window, Window]] = {}

    def spend_weight(self, weight: int, now_ms: int) -> int:
        """The weight used this minute, this request included; -1003 when it is over the limit."""
        used = self._weight.add(weight, now_ms)
        if self._enforced and used > WEIGHT_PER_MINUTE:
            raise Refusal(-1003, WEIGHT_PER_MINUTE, retry_after_s=self._weight.left_s(now_ms))
        return used

    def weight_used(self, now_ms: int) -> int:
        return self._weight.add(0, now_ms)

    def spend_orders(self, account_id: int, now_ms: int) -> None:
        """Counts one order of an account; -1015 when a window is over its limit."""
        tens, minute = self._windows(account_id)
        used_tens, used_minute = tens.add(1, now_ms), minute.add(1, now_ms)
        if self._enforced and used_tens > ORDERS_PER_10S:
            raise Refusal(-1015, ORDERS_PER_10S, "TEN_SECONDS", retry_after_s=tens.left_s(now_ms))
        if self._enforced and used_minute > ORDERS_PER_MINUTE:
            raise Refusal(-1015, ORDERS_PER_MINUTE, "MINUTE", retry_after_s=minute.left_s(now_ms))

    def orders_used(self, account_id: int, now_ms: int) -> tuple[int, int]:
        """Orders of the current 10 s and of the current minute."""
        tens, minute = self._windows(account_id)
        return tens.add(0, now_ms), minute.add(0, now_ms)

    def _windows(self, account_id: int) -> tuple[Window, Window]:
        return self._orders.setdefault(account_id, (Window(TEN_SECONDS_MS), Window(MINUTE_MS)))
