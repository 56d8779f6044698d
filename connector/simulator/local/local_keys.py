"""The exchange's own paths: accounts and their owners, keys of every kind, what they permit, and their end."""

from dataclasses import fields, replace

from connector.simulator.access.api_keys import ApiKey
from connector.simulator.access.loopback import HOME
from connector.simulator.access.parameters import Parameters
from connector.simulator.access.signatures import (
    MAY_TRADE,
    KeyKind,
    Pair,
    Rights,
    addresses_of,
    new_pair,
    public_pair,
)
from connector.simulator.errors import VenueError
from connector.simulator.rest.key_routes import restrictions
from connector.simulator.runtime import Runtime

#: What a key may permit, each `true` or `false`.
FLAGS = tuple(row.name for row in fields(Rights) if row.name not in ("addresses", "trading_ends_ms"))


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
    private half. `addresses` (with commas), `trading_ends` (ms) and the names of `FLAGS` are what the key permits.
    `owner` is a key of an account whose owner this one has, too.
    """
    deposit, pair, rights = params.decimal("deposit"), _pair(params), _rights(params, MAY_TRADE)
    partner = key_named(runtime, params, "owner") if params.has("owner") else None
    key = runtime.admit(deposit, pair, rights)
    if partner is not None:
        runtime.engine.join_owner(key.account_id, partner.account_id)
    return key_row(runtime, key)


def new_key(runtime: Runtime, params: Parameters) -> object:
    """A further key of the account of `api_key`; its kind and what it permits as in `new_account`."""
    account_id, pair = key_named(runtime, params).account_id, _pair(params)
    return key_row(runtime, runtime.api_keys.admit(account_id, pair, _rights(params, MAY_TRADE), runtime.now_ms()))


def change_key(runtime: Runtime, params: Parameters) -> object:
    """Changes what `api_key` permits: of `addresses`, `trading_ends` and `FLAGS` those that are sent."""
    key = key_named(runtime, params)
    changed = runtime.api_keys.permit(key.api_key, _rights(params, key.rights))
    return restrictions(changed or key)


def key_named(runtime: Runtime, params: Parameters, name: str = "api_key") -> ApiKey:
    """The key that a parameter names, or -2015."""
    key = runtime.api_keys.find(params.text(name))
    if key is None:
        raise VenueError(-2015, HOME)
    return key


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


def _rights(params: Parameters, before: Rights) -> Rights:
    """What is sent of a key's rights, the rest as before. -1128 for a right to withdraw from anywhere: the venue gives
    it to restricted keys alone."""
    text = params.optional("addresses")
    addresses = before.addresses if text is None else addresses_of("" if text == "any" else text)
    if addresses is None:
        raise VenueError(-1130, "addresses")
    flags = {name: params.flag(name, default=getattr(before, name)) for name in FLAGS}
    ends_ms = params.optional_integer("trading_ends")
    rights = replace(before, addresses=addresses, **flags)
    if ends_ms is not None:
        rights = replace(rights, trading_ends_ms=ends_ms)
    if rights.withdrawals and not addresses:
        raise VenueError(-1128)
    return rights
