"""What faults make of API keys for a while: revoked, expired, of another environment, locked, or used from elsewhere.

The venue has one code for most of it (-2015), another where the key is none of its own (-2008, -2014), and one for an
account that locked its keys (-2017).
"""

from connector.simulator.errors import VenueError
from connector.simulator.fault_injection.faults import Faults

CODES = {
    "key_revoked": -2015,
    "key_expired": -2015,
    "address_not_listed": -2015,
    "key_unknown_2008": -2008,
    "key_format_2014": -2014,
    "key_locked_2017": -2017,
}


def check_key_faults(faults: Faults, api_key: str, address: str) -> None:
    """Refuses a key that an armed fault strikes."""
    if not faults.any_armed:
        return
    for name, code in CODES.items():
        fault = faults.standing(name)
        if fault is not None and fault.api_key in ("", api_key):
            raise VenueError(code, address)
