"""One setting of an account: read first, changed only where it differs, and read back.

What was not answered may be done, or be done a moment later: it is read again for as long as the request may still be
carried out. No order is cancelled and no position is closed for it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from connector.core.faults import ApprovalFault, Blame, ConfigFault, ConnectorFault, Fate, Fault, UnreadableFault

#: The venue carries out nothing that is older than its receive window, 5 s unless told otherwise, and tells of it a
#: moment later.
_DOUBT_S = 7.0
#: A replica may lag behind an answer.
_LAG_S = 2.0
_STEP_S = 0.5

Now = TypeVar("Now")


@dataclass(frozen=True, slots=True)
class SettingChange(Generic[Now]):
    """A setting, what it shall be, and how it is read and changed."""

    key: str
    wanted: object
    read: Callable[[], Awaitable[Now]]
    is_so: Callable[[Now], bool]
    ask: Callable[[], Awaitable[object]]
    shown: Callable[[Now], str]
    #: What stands in the way, in words, by the code of the refusal; empty where nothing has to be said.
    in_the_way: Callable[[int], Awaitable[str]] | None = None
    #: What forbids the change on our side, in words; empty where nothing does.
    barred: Callable[[], str] = lambda: ""


async def carried_out(change: SettingChange[Now]) -> Now:
    """What is in force afterwards. Raises `ConfigFault` for what the venue refuses or did not do, `ApprovalFault` for
    what may not be asked of it, and any other `ConnectorFault` where nobody knows what is in force."""
    now = await change.read()
    if change.is_so(now):
        return now
    if barred := change.barred():
        raise ApprovalFault(f"{change.key}: {change.wanted}: stays at {change.shown(now)}: barred by {barred}")
    patience_s = _LAG_S
    try:
        await change.ask()
    except UnreadableFault:
        patience_s = _DOUBT_S
    except Fault as fault:
        if fault.rule.fate is Fate.UNKNOWN:
            patience_s = _DOUBT_S
        elif fault.rule.fate is not Fate.DONE:
            await _raise_refused(change, fault)
    return await _read_back(change, patience_s)


async def _read_back(change: SettingChange[Now], patience_s: float) -> Now:
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + patience_s
    now = await change.read()
    while not change.is_so(now):
        if loop.time() > deadline_s:
            raise ConfigFault(
                change.key, change.wanted, f"the exchange still has {change.shown(now)}", "try again, or set it by hand"
            )
        await asyncio.sleep(_STEP_S)
        now = await change.read()
    return now


async def _raise_refused(change: SettingChange[Now], fault: Fault) -> None:
    if fault.rule.blame not in (Blame.REQUEST, Blame.CONFIGURATION, Blame.ACCOUNT):
        raise fault
    meaning = f"{fault.rule.meaning} [{fault.code}]" if fault.code else fault.rule.meaning
    in_the_way = ""
    if change.in_the_way is not None:
        try:
            in_the_way = await change.in_the_way(fault.code)
        except ConnectorFault as silent:
            in_the_way = f"what stands in the way could not be read: {silent}"
    rule = f"{meaning}; {in_the_way}" if in_the_way else meaning
    raise ConfigFault(change.key, change.wanted, rule, fault.rule.remedy) from fault
