"""What waits to be sent: bounded, repeated lines folded into one with a count; and how often something may be sent."""

from dataclasses import dataclass, field

MOST_WAITING = 50
_MOST_LETTERS = 300
#: One message's: a few parts at the services that take least. What is refused grows no longer than this either.
BODY_LETTERS = 8_000
#: So many messages may leave one after the other; then one in so long.
BURST, _ANOTHER_EVERY_MS = 5, 60_000
#: What happens at about one time goes into one message.
GATHERED_MS = 2_000


@dataclass(slots=True)
class _Folded:
    first_ms: int
    times: int = 1


@dataclass(slots=True)
class Waiting:
    """Lines in the order in which they first came. Times in ms since the epoch."""

    _lines: dict[str, _Folded] = field(default_factory=dict)
    _left_out: int = 0

    def __bool__(self) -> bool:
        return bool(self._lines)

    def add(self, line: str, now_ms: int) -> None:
        """One more; beyond the most that may wait it is counted alone."""
        line = line[:_MOST_LETTERS]
        folded = self._lines.get(line)
        if folded is not None:
            folded.times += 1
        elif len(self._lines) < MOST_WAITING:
            self._lines[line] = _Folded(now_ms)
        else:
            self._left_out += 1

    def take(self) -> list[str]:
        """All of it, in words; nothing waits then."""
        lines = [
            f"{_clock(row.first_ms)} {line}" + (f" ({row.times} times)" if row.times > 1 else "")
            for line, row in self._lines.items()
        ]
        if self._left_out:
            lines.append(f"and {self._left_out} more: the log has them")
        self._lines.clear()
        self._left_out = 0
        return lines


@dataclass(slots=True)
class Unsent:
    """What was taken to be sent, and was not yet: bounded by letters, the oldest are left out and counted."""

    _lines: list[str] = field(default_factory=list)
    _left_out: int = 0

    def __bool__(self) -> bool:
        return bool(self._lines)

    def add(self, lines: list[str]) -> None:
        """More of it, in their order."""
        self._lines += lines
        letters = sum(len(line) + 1 for line in self._lines)
        while letters > BODY_LETTERS:
            letters -= len(self._lines.pop(0)) + 1
            self._left_out += 1

    def body(self) -> str:
        """One message's text."""
        older = [f"{self._left_out} older lines are left out: the log has them"] if self._left_out else []
        return "\n".join([*older, *self._lines])

    def clear(self) -> None:
        """It was sent."""
        self._lines.clear()
        self._left_out = 0


class Allowance:
    """How soon the next message may leave, by the steady clock."""

    def __init__(self, now_ms: int) -> None:
        self._left, self._counted_ms = BURST, now_ms

    def wait_ms(self, now_ms: int) -> int:
        """0 where it may leave now."""
        self._count(now_ms)
        return 0 if self._left else self._counted_ms + _ANOTHER_EVERY_MS - now_ms

    def spend(self, now_ms: int) -> None:
        """One leaves."""
        self._count(now_ms)
        if self._left == BURST:
            self._counted_ms = now_ms
        self._left = max(0, self._left - 1)

    def _count(self, now_ms: int) -> None:
        earned = (now_ms - self._counted_ms) // _ANOTHER_EVERY_MS
        self._left = min(BURST, self._left + earned)
        self._counted_ms += earned * _ANOTHER_EVERY_MS


def _clock(ms: int) -> str:
    seconds = ms // 1000 % 86_400
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02} UTC"
