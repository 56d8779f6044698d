"""REST: what a key permits, on the wallet's path ("Get API key permission", 2026-11).

On the venue it belongs to another host than the futures' own; here one port serves both.
"""

from connector.simulator.access.api_keys import ApiKey
from connector.simulator.errors import VenueError
from connector.simulator.rest.request import Request


def restrictions(key: ApiKey) -> dict[str, object]:
    """What a key permits, every field of the venue's answer; the end of its trading where it has one."""
    rights = key.rights
    end = {"tradingAuthorityExpirationTime": rights.trading_ends_ms} if rights.trading_ends_ms else {}
    return {
        **end,
        "ipRestrict": bool(rights.addresses),
        "createTime": key.created_ms,
        "enableReading": rights.reading,
        "enableWithdrawals": rights.withdrawals,
        "enableInternalTransfer": rights.internal_transfer,
        "enableMargin": rights.margin,
        "enableFutures": rights.futures,
        "permitsUniversalTransfer": rights.universal_transfer,
        "enableVanillaOptions": rights.options,
        "enableFixApiTrade": rights.fix_trade,
        "enableFixReadOnly": rights.fix_read,
        "enableSpotAndMarginTrading": rights.spot,
        "enablePortfolioMarginTrading": rights.portfolio_margin,
    }


def api_restrictions(request: Request) -> object:
    """Of the very key that asks."""
    if request.sender is None:
        raise VenueError(-2014)
    return restrictions(request.sender)
