"""Dead man's switches: all open orders of an account and symbol are cancelled unless it calls in again in time."""

Switch = tuple[int, str]


class Countdowns:
    """At most one of an account and symbol; setting it anew starts it anew ("Auto-cancel all open orders")."""

    def __init__(self) -> None:
        self._due_ms: dict[Switch, int] = {}

    def set(self, account_id: int, symbol: str, countdown_ms: int, now_ms: int) -> None:
        """Starts a countdown; 0 stops it."""
        self._due_ms.pop((account_id, symbol), None)
        if countdown_ms:
            self._due_ms[account_id, symbol] = now_ms + countdown_ms

    def bring_forward(self, ms: int) -> None:
        """Makes everything due so much earlier: the clock stepped back, the time that passes is the same."""
        self._due_ms = {switch: due_ms - ms for switch, due_ms in self._due_ms.items()}

    def due(self, now_ms: int) -> list[Switch]:
        """Those whose time is over; they are over once."""
        if not self._due_ms:
            return []
        over = [switch for switch, due_ms in self._due_ms.items() if due_ms <= now_ms]
        for switch in over:
            del self._due_ms[switch]
        return over
