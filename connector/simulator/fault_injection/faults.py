"""Faults on demand: by name, a number of times or for a time, so that a test chooses what goes wrong.

`catalogue.FAULTS` says what there is. `stream` and `symbol` choose whom the faults of streams and contracts strike.
Of each name one is armed at a time: armed anew, the former one is over.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

from connector.simulator.errors import BadInput
from connector.simulator.fault_injection.catalogue import ALWAYS, ANY_PATH, FAULTS, LASTING, Moment
from connector.simulator.fault_injection.overload import OVERLOADED, is_spared

#: One more than a page of userTrades or income holds.
BURST = 1_001


class CannotStrike(BadInput):
    """What a fault asks for can't be done as things stand; nothing was done. The text says why and what would do."""


class Terms(TypedDict, total=False):
    """What a fault may be told; `Armed` says what each means."""

    ms: int
    method: str
    path: str
    stream: str
    symbol: str
    event: str
    api_key: str
    answer: str
    count: int
    left: int
    status: str
    contract_type: str | None
    field: str
    value: str


@dataclass(slots=True)
class Armed:
    """A fault and how often it will still strike; empty text stands for any."""

    name: str
    #: 0 disarms it.
    times: int = 1
    #: How long it lasts or delays.
    ms: int = 1000
    #: The requests that it strikes.
    method: str = ""
    path: str = ""
    stream: str = ""
    symbol: str = ""
    #: The user event that it strikes, by its `e`.
    event: str = ""
    api_key: str = ""
    #: What an outage answers.
    answer: str = "503"
    #: How many trades or lines of income a burst has.
    count: int = BURST
    #: How much weight other programs leave.
    left: int = 0
    #: The contract's, as exchangeInfo tells it.
    status: str = "DELIVERING"
    #: Empty text is one that the venue has been seen to send.
    contract_type: str | None = None
    #: What is altered, and the text that stands there instead.
    field: str = ""
    value: str = ""
    #: By the steady clock, of what lasts for a while.
    until_ms: int = 0

    def strikes(self, symbol: str) -> bool:
        return self.symbol in ("", symbol)

    def told(self) -> dict[str, object]:
        """Its name, how often it still strikes, and what it takes beside them."""
        return {name: getattr(self, name) for name in (*ALWAYS, *FAULTS[self.name].takes)}

    def left_ms(self, steady_ms: int) -> int:
        """How long it still lasts, where it lasts for a while."""
        return max(0, self.until_ms - steady_ms)


#: What a fault does as it is armed, or ends; of those that strike at once, how much it struck.
Effect = Callable[[Armed], int | None]


class Faults:
    """What is armed. `take_effect` is called for faults that strike when they are armed, and for lasting ones as they
    come and, with `times` 0, as they go.
    """

    def __init__(self, take_effect: Effect, steady_ms: Callable[[], int] = lambda: 0) -> None:
        self._take_effect, self._steady_ms = take_effect, steady_ms
        self._armed: dict[str, Armed] = {}

    def arm(self, name: str, times: int = 1, **terms: Unpack[Terms]) -> None:
        """Arms a fault of the table, or disarms it with `times` 0; KeyError for a name that is not in it."""
        self.take_up(Armed(name, times, **terms))

    def take_up(self, fault: Armed) -> int | None:
        """Arms a fault with what its row says by default, or disarms it. Raises `CannotStrike`.

        Returns how much it struck where it strikes at once, else None.
        """
        row = FAULTS[fault.name]
        self._end(fault.name)
        if fault.times <= 0:
            return None
        armed = replace(
            fault,
            method=fault.method or row.method,
            path=fault.path or row.path,
            event=fault.event or row.event,
            until_ms=self._steady_ms() + fault.ms,
        )
        struck = self._take_effect(armed) if row.moment in (Moment.AT_ONCE, *LASTING) else None
        if row.moment is Moment.AT_ONCE:
            return struck
        self._armed[fault.name] = armed
        return None

    @property
    def any_armed(self) -> bool:
        return bool(self._armed)

    def armed(self) -> list[Armed]:
        return list(self._armed.values())

    def take(self, name: str, stream: str = "", event: str = "") -> Armed | None:
        """That fault if it strikes now, and strikes that `stream` and `event`; it will strike once less."""
        armed = self._armed.get(name)
        if armed is None or armed.stream not in ("", stream) or armed.event not in ("", event):
            return None
        armed.times -= 1
        if not armed.times:
            del self._armed[name]
        return armed

    def peek(self, name: str) -> Armed | None:
        """That fault where it is armed; nothing is taken of it."""
        return self._armed.get(name)

    def give_back(self, armed: Armed) -> None:
        """A fault that was taken and found nothing to strike: it strikes once more, unless it was armed anew."""
        if self._armed.setdefault(armed.name, armed) is armed:
            armed.times += 1

    def take_request(
        self, moment: Moment, method: str, path: str, sent: Callable[[], Mapping[str, str]] = dict
    ) -> Armed | None:
        """The first armed fault of that moment that strikes this request, of which `sent` tells the parameters."""
        for armed in self._armed.values():
            fits = armed.method in ("", method) and armed.path in ("", ANY_PATH, path)
            if FAULTS[armed.name].moment is not moment or not fits:
                continue
            if armed.name != OVERLOADED or not is_spared(method, sent()):
                return self.take(armed.name, armed.stream, armed.event)
        return None

    def standing(self, name: str) -> Armed | None:
        """A lasting fault while it lasts."""
        armed = self._armed.get(name)
        if armed is not None and self._is_over(armed):
            return None
        return armed

    def standing_ms(self, name: str) -> int:
        """The `ms` of a standing fault, 0 when it is not armed."""
        armed = self._armed.get(name)
        return armed.ms if armed else 0

    def end_what_is_over(self) -> None:
        """Ends the faults whose time is over."""
        for name in [name for name, armed in self._armed.items() if self._is_over(armed)]:
            self._end(name)

    def _is_over(self, armed: Armed) -> bool:
        return FAULTS[armed.name].moment is Moment.FOR_A_WHILE and self._steady_ms() >= armed.until_ms

    def _end(self, name: str) -> None:
        armed = self._armed.pop(name, None)
        if armed is not None and FAULTS[name].moment in LASTING:
            self._take_effect(replace(armed, times=0))
