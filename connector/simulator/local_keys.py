"""The exchange's own paths: accounts with keys of every kind, and the end of a key."""

from connector.simulator.floor import TradingFloor
from connector.simulator.key_routes import restrictions
from connector.simulator.keys import KeyKind, Pair, Rights, addresses_of, new_pair, public_pair
from connector.simulator.members import Member
from connector.simulator.parameters import Parameters
from connector.simulator.refusals import HOME, Refusal


def told_key(floor: TradingFloor, member: Member) -> dict[str, object]:
    """A key as its holder gets it, and the life of the exchange that it is good for."""
    return {
        "api_key": member.api_key,
        "api_secret": member.api_secret,
        "kind": str(member.kind),
        "public_key": member.public_key,
        "life": floor.life,
    }


def ready_made_account(floor: TradingFloor, params: Parameters) -> object:
    return told_key(floor, floor.member)


def new_account(floor: TradingFloor, params: Parameters) -> object:
    """A new account with `deposit` USDT and a key of `kind` HMAC (the default), RSA or ED25519.

    A caller's own key is its `public_key` as PEM; without one the exchange makes the pair and gives `api_secret` the
    private half. `reading`, `futures`, `withdrawals` and `addresses` (with commas) are what the key permits.
    """
    deposit, pair, rights = params.decimal("deposit"), _pair(params), _rights(params)
    return told_key(floor, floor.admit(deposit, pair, rights))


def revoke_key(floor: TradingFloor, params: Parameters) -> object:
    """Ends `api_key` for good; the account stays."""
    member = floor.members.revoke(params.text("api_key"))
    if member is None:
        raise Refusal(-2015, HOME)
    return restrictions(member)


def _pair(params: Parameters) -> Pair | None:
    pem = params.optional("public_key")
    if pem is not None:
        pair = public_pair(pem)
        if pair is None or (params.optional("kind") or pair.kind) != pair.kind:
            raise Refusal(-4057)
        return pair
    kind = params.optional("kind") or KeyKind.HMAC
    if kind not in tuple(KeyKind):
        raise Refusal(-4056, kind)
    return None if kind == KeyKind.HMAC else new_pair(KeyKind(kind))


def _rights(params: Parameters) -> Rights:
    """-1128 for a right to withdraw from anywhere: the venue gives it to restricted keys alone."""
    text = params.optional("addresses")
    addresses = frozenset[str]() if text is None else addresses_of(text)
    if addresses is None:
        raise Refusal(-1130, "addresses")
    rights = Rights(
        reading=params.flag("reading", default=True),
        futures=params.flag("futures", default=True),
        withdrawals=params.flag("withdrawals", default=False),
        addresses=addresses,
    )
    if rights.withdrawals and not addresses:
        raise Refusal(-1128)
    return rights
