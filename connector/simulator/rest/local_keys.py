"""The exchange's own paths: accounts with keys of every kind, and the end of a key."""

from connector.simulator.access.api_keys import ApiKey
from connector.simulator.access.loopback import HOME
from connector.simulator.access.parameters import Parameters
from connector.simulator.access.signatures import KeyKind, Pair, Rights, addresses_of, new_pair, public_pair
from connector.simulator.errors import VenueError
from connector.simulator.rest.key_routes import restrictions
from connector.simulator.runtime import Runtime


def key_row(runtime: Runtime, key: ApiKey) -> dict[str, object]:
    """A key as its holder gets it, and the life of the exchange that it is good for."""
    return {
        "api_key": key.api_key,
        "api_secret": key.api_secret,
        "kind": str(key.kind),
        "public_key": key.public_key,
        "life": runtime.epoch_name,
    }


def ready_made_account(runtime: Runtime, params: Parameters) -> object:
    return key_row(runtime, runtime.default_key)


def new_account(runtime: Runtime, params: Parameters) -> object:
    """A new account with `deposit` USDT and a key of `kind` HMAC (the default), RSA or ED25519.

    A caller's own key is its `public_key` as PEM; without one the exchange makes the pair and gives `api_secret` the
    private half. `reading`, `futures`, `withdrawals` and `addresses` (with commas) are what the key permits.
    """
    deposit, pair, rights = params.decimal("deposit"), _pair(params), _rights(params)
    return key_row(runtime, runtime.admit(deposit, pair, rights))


def revoke_key(runtime: Runtime, params: Parameters) -> object:
    """Ends `api_key` for good; the account stays."""
    key = runtime.api_keys.revoke(params.text("api_key"))
    if key is None:
        raise VenueError(-2015, HOME)
    return restrictions(key)


def _pair(params: Parameters) -> Pair | None:
    pem = params.optional("public_key")
    if pem is not None:
        pair = public_pair(pem)
        if pair is None or (params.optional("kind") or pair.kind) != pair.kind:
            raise VenueError(-4057)
        return pair
    kind = params.optional("kind") or KeyKind.HMAC
    if kind not in tuple(KeyKind):
        raise VenueError(-4056, kind)
    return None if kind == KeyKind.HMAC else new_pair(KeyKind(kind))


def _rights(params: Parameters) -> Rights:
    """-1128 for a right to withdraw from anywhere: the venue gives it to restricted keys alone."""
    text = params.optional("addresses")
    addresses = frozenset[str]() if text is None else addresses_of(text)
    if addresses is None:
        raise VenueError(-1130, "addresses")
    rights = Rights(
        reading=params.flag("reading", default=True),
        futures=params.flag("futures", default=True),
        withdrawals=params.flag("withdrawals", default=False),
        addresses=addresses,
    )
    if rights.withdrawals and not addresses:
        raise VenueError(-1128)
    return rights
