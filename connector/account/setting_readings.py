"""Which readings of the account's settings are believed: an answer may be older than what was pushed or set meanwhile.

what a reading says            it is taken in
the same as what stands        at once; it ends a doubt once the doubt is older than any answer
something else                 where it was asked for long enough after what stands was told
"""

from collections.abc import Callable, Hashable

#: No answer is older than this: neither by its way nor by the replica that gave it.
OLDEST_MS = 5_000


class SettingReadings:
    """What stands of each setting, by whatever names it. `steady_ms` is a clock that never steps."""

    def __init__(self, steady_ms: Callable[[], int]) -> None:
        self._steady_ms = steady_ms
        self._values: dict[Hashable, object] = {}
        self._told_ms: dict[Hashable, int] = {}
        self._doubted_ms: dict[Hashable, int] = {}

    def take(self, setting: Hashable, value: object) -> None:
        """What stands from here on: pushed, set by us, or read and believed."""
        if setting not in self._values:
            self._values[setting] = value
        elif self._values[setting] != value:
            self._values[setting], self._told_ms[setting] = value, self._steady_ms()
            self._doubted_ms.pop(setting, None)

    def doubt(self, setting: Hashable) -> None:
        """A sign that something else stands now."""
        self._doubted_ms[setting] = self._steady_ms()

    def believes(self, setting: Hashable, value: object, asked_ms: int) -> bool:
        """Whether a reading that was asked for then may be taken in."""
        since_ms = self._doubted_ms if self._values.get(setting, value) == value else self._told_ms
        return setting not in since_ms or asked_ms - since_ms[setting] >= OLDEST_MS
