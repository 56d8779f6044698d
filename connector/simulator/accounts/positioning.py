"""How a contract is held at this moment: by how many accounts, on which side, and by those with the most margin.

Source: "Top trader long/short ratio": the top are the fifth of the holders with the highest margin balance. Here that
is the wallet that the contract is margined in, with the position's result. The background's accounts count, too. The
venue has a million holders, a local exchange a handful: a fifth of these would be one, who stands on one side. So five
are top ones at least, all where fewer hold.
"""

from collections.abc import Iterable, Mapping
from itertools import islice

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.positions import Position
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BOTH, LONG, SHORT
from connector.simulator.market.positioning_history import Positioning

#: One in so many holders is a top one, and no fewer than so many are.
TOP_SHARE, LEAST_TOP = 5, 5
#: Contracts that are looked at in one call: the others have their turn in the next.
MOST_AT_ONCE = 25


def positioning_of(listing: Listing, holders: Iterable[Account], time_ms: int) -> Positioning:
    """How `holders` hold the contract; an account that is long and short at once counts by what outweighs."""
    mark = listing.mark_price
    held = [(account, _lots(account, listing.symbol)) for account in holders]
    nets = [sum(lots) for _, lots in held]
    ranked = sorted(held, key=lambda one: (-_margin_e8(one[0], listing), one[0].account_id))
    top = [lots for _, lots in ranked[: max(LEAST_TOP, -(-len(ranked) // TOP_SHARE))]]
    return Positioning(
        time_ms=time_ms,
        open_lots=sum(max(0, each) for _, lots in held for each in lots),
        mark_e8=mark.mark_e8,
        index_e8=mark.index_e8,
        last_e8=mark.last_e8,
        long_accounts=sum(net > 0 for net in nets),
        short_accounts=sum(net < 0 for net in nets),
        top_long_accounts=sum(sum(lots) > 0 for lots in top),
        top_short_accounts=sum(sum(lots) < 0 for lots in top),
        top_long_lots=sum(max(0, each) for lots in top for each in lots),
        top_short_lots=sum(max(0, -each) for lots in top for each in lots),
    )


def keep_positioning(listings: Iterable[Listing], holders: Mapping[str, Mapping[int, Account]], now_ms: int) -> None:
    """Keeps how contracts are held where a period has ended, of so many of them in one call."""
    due = (listing for listing in listings if listing.positioning.is_due(now_ms))
    for listing in islice(due, MOST_AT_ONCE):
        history = listing.positioning
        if ended := history.ended(now_ms):
            history.add(ended, positioning_of(listing, holders.get(listing.symbol, {}).values(), now_ms))
        history.reopen(now_ms)


def _held(account: Account, symbol: str) -> list[Position]:
    found = (account.positions.get((symbol, side)) for side in (BOTH, LONG, SHORT))
    return [position for position in found if position is not None and position.lots]


def _lots(account: Account, symbol: str) -> list[int]:
    return [position.lots for position in _held(account, symbol)]


def _margin_e8(account: Account, listing: Listing) -> int:
    wallet_e8, mark_e8 = account.wallets.get(listing.instrument.quote, 0), listing.mark_price.mark_e8
    return wallet_e8 + sum(position.unrealised_e8(mark_e8) for position in _held(account, listing.symbol))
