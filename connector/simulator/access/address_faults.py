"""What faults make of whoever sends, for a while: banned, or beyond the weight, whatever was used in truth."""

from collections.abc import Callable

from connector.simulator.access.rate_limits import WEIGHT
from connector.simulator.errors import Banned, VenueError
from connector.simulator.fault_injection.faults import Faults


def check_address_faults(faults: Faults, address: str, now_ms: int, steady_ms: Callable[[], int]) -> None:
    """418 or 429 while such a fault lasts; both tell its end, and neither counts as an offence."""
    if not faults.any_armed:
        return
    banned = faults.standing("address_banned")
    if banned is not None:
        raise Banned(address, now_ms + banned.left_ms(steady_ms()))
    limited = faults.standing("address_rate_limited")
    if limited is not None:
        pause_s = max(1, -(-limited.left_ms(steady_ms()) // 1000))
        raise VenueError(-1003, address, WEIGHT.most, WEIGHT.interval, retry_after_s=pause_s)
