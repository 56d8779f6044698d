"""What one market connection carries: asked for by messages, in batches, at the venue's pace, and checked by id.

An address that names hundreds of streams outgrows what servers take, and one that is fixed cannot follow a list that
changes. So a connection opens bare and is asked for its streams: SUBSCRIBE and UNSUBSCRIBE, each answered under its id.
A planner without I/O; times are monotonic, in ms. Source: "WebSocket market streams, live subscribing", 2026-11.
"""

import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from connector.core.figures import cut
from connector.venue.limits import MAX_CLIENT_MESSAGES_PER_S

#: Names in one message: a message of this size is taken everywhere.
MOST_NAMES = 100
#: Pings and pongs are client messages, too: half of the pace is theirs.
_APART_MS = 1000 // (MAX_CLIENT_MESSAGES_PER_S // 2)
#: A message that is not answered for this long is sent again: asking twice does no harm.
_ASK_AGAIN_MS = 1_500
#: A connection that answers nothing for this long does not receive.
ANSWER_WITHIN_MS = 6_000
#: Refusals are told as they come; one that nobody asked for may come without end.
_MOST_REFUSALS = 100


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A message that is to be sent: for the first time, or anew."""

    method: str
    names: tuple[str, ...]
    #: When it was first sent; None before.
    first_ms: int | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A message that was sent and is not answered."""

    method: str
    names: tuple[str, ...]
    first_ms: int
    sent_ms: int


class Subscriptions:
    """One connection's messages. `refusals` are the venue's answers that were no yes, oldest first."""

    def __init__(self) -> None:
        self.refusals: list[str] = []
        self._waiting: deque[_Waiting] = deque()
        self._asked: dict[int, _Asked] = {}
        self._last_id = 0
        self._free_from_ms = 0

    @property
    def is_settled(self) -> bool:
        """Whether everything that was asked for is answered."""
        return not self._waiting and not self._asked

    def subscribe(self, names: Iterable[str]) -> None:
        self._ask("SUBSCRIBE", names)

    def unsubscribe(self, names: Iterable[str]) -> None:
        self._ask("UNSUBSCRIBE", names)

    def wait_ms(self, now_ms: int) -> int | None:
        """How long until the next message may leave; None while there is none."""
        return max(0, self._free_from_ms - now_ms) if self._waiting else None

    def next_message(self, now_ms: int) -> bytes:
        """The message that leaves now; `wait_ms` has said that it may."""
        message = self._waiting.popleft()
        first_ms = now_ms if message.first_ms is None else message.first_ms
        self._last_id += 1
        self._asked[self._last_id] = _Asked(message.method, message.names, first_ms, now_ms)
        self._free_from_ms = now_ms + _APART_MS
        return json.dumps({"method": message.method, "params": message.names, "id": self._last_id}).encode()

    def take_answer(self, frame: bytes) -> bool:
        """Whether the frame was an answer to a message of ours, or a refusal without an id."""
        try:
            row = json.loads(frame)
        except (ValueError, RecursionError):
            return False
        if not isinstance(row, dict) or not row.keys() & {"result", "error", "code"}:
            return False
        number = row.get("id")
        asked = self._asked.pop(number, None) if type(number) is int else None
        if row.get("error") is not None or "code" in row:
            names = f" of {asked.names[0]} and {len(asked.names) - 1} more" if asked else ""
            self.refusals.append(f"{asked.method if asked else 'a message'}{names} refused: {_text(row)}")
            del self.refusals[:-_MOST_REFUSALS]
        return True

    def overdue_ms(self, now_ms: int) -> int:
        """How long the oldest question has been waiting for its answer; 0 when none does."""
        return max((now_ms - asked.first_ms for asked in self._asked.values()), default=0)

    def ask_again(self, now_ms: int) -> None:
        """Puts what was sent and not answered in time back at the head of the queue."""
        late = [number for number, asked in self._asked.items() if now_ms - asked.sent_ms >= _ASK_AGAIN_MS]
        for number in reversed(late):
            asked = self._asked.pop(number)
            self._waiting.appendleft(_Waiting(asked.method, asked.names, asked.first_ms))

    def _ask(self, method: str, names: Iterable[str]) -> None:
        wanted = tuple(names)
        for start in range(0, len(wanted), MOST_NAMES):
            self._waiting.append(_Waiting(method, wanted[start : start + MOST_NAMES]))


def _text(row: dict[str, object]) -> str:
    error = row.get("error")
    fields = error if isinstance(error, dict) else row
    # A number or a text; what else stands there may be deep.
    told = [value for name in ("code", "msg") if isinstance(value := fields.get(name), str | int | float)]
    return cut(" ".join(f"{value:.300}" if isinstance(value, str) else f"{value!r:.30}" for value in told))
