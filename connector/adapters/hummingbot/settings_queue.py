"""Position mode and leverages that strategies ask for, also before there is a connection: set one after the other as
soon as there is one, the mode first. What became of each is told."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Protocol

from connector.core.enums import PositionMode
from connector.core.faults import ConnectorFault


class SettableAccount(Protocol):
    """What sets them, and reads each back."""

    async def set_position_mode(self, mode: PositionMode) -> None: ...
    async def set_leverage(self, trading_pair: str, leverage: int) -> None: ...


class SettingsQueue:
    """The last wish counts; an empty reason means that it was done."""

    def __init__(
        self, mode_done: Callable[[PositionMode, str], None], leverage_done: Callable[[str, int, str], None]
    ) -> None:
        self._mode_done, self._leverage_done = mode_done, leverage_done
        self._mode: PositionMode | None = None
        self._leverages: dict[str, int] = {}
        self._account: SettableAccount | None = None
        self._work: asyncio.Task[None] | None = None

    @property
    def is_pending(self) -> bool:
        """Whether something is not set yet."""
        return self._mode is not None or bool(self._leverages) or (self._work is not None and not self._work.done())

    def wanted_leverage(self, trading_pair: str) -> int | None:
        """What waits to be set; None where nothing does."""
        return self._leverages.get(trading_pair)

    def want_mode(self, mode: PositionMode) -> None:
        """Of the whole account."""
        self._mode = mode
        self._go()

    def want_leverage(self, trading_pair: str, leverage: int) -> None:
        """Of one pair."""
        self._leverages[trading_pair] = leverage
        self._go()

    def begin(self, account: SettableAccount) -> None:
        """There is a connection: what is wanted is set."""
        self._account = account
        self._go()

    async def end(self) -> None:
        """There is none any more; wishes stay for the next."""
        self._account = None
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    def _go(self) -> None:
        is_idle = self._work is None or self._work.done()
        if is_idle and self._account is not None and (self._mode is not None or self._leverages):
            self._work = asyncio.get_running_loop().create_task(self._set_all(self._account))

    async def _set_all(self, account: SettableAccount) -> None:
        while self._mode is not None or self._leverages:
            if self._mode is not None:
                mode, self._mode = self._mode, None
                self._mode_done(mode, await _why_not(account.set_position_mode(mode)))
            else:
                trading_pair = next(iter(self._leverages))
                leverage = self._leverages.pop(trading_pair)
                why_not = await _why_not(account.set_leverage(trading_pair, leverage))
                self._leverage_done(trading_pair, leverage, why_not)


async def _why_not(setting: Coroutine[object, object, None]) -> str:
    try:
        await setting
    except ConnectorFault as fault:
        return str(fault)
    return ""
