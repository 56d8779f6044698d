"""How an account stands before a start: its modes, what is open, its limits, and whether it fits the settings."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from connector.core.amounts import plain
from connector.core.enums import PositionMode
from connector.core.faults import ConfigFault, ConnectorFault
from connector.core.findings import Concern, Finding, Verdict
from connector.core.reports import PositionReport
from connector.exchange.account import preflight
from connector.exchange.account.venue_api import VenueApi
from connector.venue.limits import ORDERS, REQUEST_WEIGHT, RateLimit
from connector.wire.account_replies import AccountConfig
from connector.wire.instruments import Instruments

#: What margin is called in credits-trading mode (MiCA): it is no coin, and what it is worth is the venue's to say.
CREDITS = "BNFCR"
_MOST_NAMED = 5
_CENTS = Decimal("0.01")
#: Names a refused request: check, concern, what it was about, the refusal.
Told = Callable[[str, Concern, str, ConnectorFault], Finding]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is going to ask of the key and the account."""

    trading_pair: str | None = None
    leverage: int | None = None
    position_mode: PositionMode | None = None
    #: What all levels of the larger side come to, in the quote asset, at a price and beside what is held of the pair
    #: (signed); None: nothing is planned.
    notional_at: Callable[[Decimal, Collection[Decimal]], Decimal] | None = None
    #: A key that can move money out was accepted by its user.
    accepts_withdrawal: bool = False
    #: Of this instance, by client id; of none, every order is somebody else's.
    is_own: Callable[[str], bool] = lambda client_order_id: False
    #: What other strategies of the same run are going to ask of their pairs.
    beside: tuple["Wanted", ...] = ()


async def account_findings(api: VenueApi, wanted: Wanted, told: Told) -> tuple[Finding, ...]:
    """Nothing of the account is changed."""
    try:
        config = await api.config()
        snapshot = await api.snapshot()
        orders = (*await api.algo.all_open_orders(), *await api.all_open_orders())
        instruments = await api.instruments()
        limits = (*instruments.rate_limits, *(await api.order_limits())[0])
    except ConnectorFault as fault:
        return (told("account", Concern.ACCOUNT, "the account can't be read", fault),)
    positions = [row for row in snapshot.positions if row.amount]
    return (
        _trading(config),
        *_modes(config, wanted),
        *_credits([row.asset for row in snapshot.balances if row.wallet]),
        _open("orders", [order.symbol for order in orders if not wanted.is_own(order.client_order_id)]),
        _open("positions", [row.symbol for row in positions]),
        _limits(limits),
        *[row for each in (wanted, *wanted.beside) for row in await _fits(api, instruments, each, positions, told)],
    )


def _trading(config: AccountConfig) -> Finding:
    if config.can_trade:
        line = f"the account may trade; its fee tier is {config.fee_tier}"
        return Finding("account", Concern.ACCOUNT, Verdict.OK, line)
    return Finding(
        "account",
        Concern.ACCOUNT,
        Verdict.REFUSAL,
        "the account may not trade (canTrade)",
        ("futures were never opened, or are closed for this account", "the key lacks the permission to trade futures"),
        "look at the account at the exchange",
    )


def _modes(config: AccountConfig, wanted: Wanted) -> tuple[Finding, ...]:
    assets = "multi-assets" if config.is_multi_assets else "single-asset"
    mode = "hedge" if config.position_mode is PositionMode.HEDGE else "one-way"
    shared = "COIN-M shares the position mode, self-trade prevention and the rate limits with this account"
    line = f"position mode {mode}, {assets} margin; {shared}"
    if wanted.position_mode is None or wanted.position_mode is config.position_mode:
        return (Finding("modes", Concern.ACCOUNT, Verdict.OK, line),)
    line = f"{line}; the settings want {wanted.position_mode.value}: a start changes it, for COIN-M too"
    return (Finding("modes", Concern.ACCOUNT, Verdict.WARNING, line),)


def _credits(assets: Sequence[str]) -> tuple[Finding, ...]:
    if CREDITS not in assets:
        return ()
    line = f"the account trades with credits ({CREDITS}): its margin is told in them, and not in a coin"
    return (
        Finding("credits", Concern.ACCOUNT, Verdict.WARNING, line, remedy="watch the margin in the exchange's app"),
    )


def _open(what: str, symbols: Sequence[str]) -> Finding:
    check = f"open_{what}"
    if not symbols:
        return Finding(check, Concern.ACCOUNT, Verdict.OK, f"no {what} of others are open")
    names = sorted(set(symbols))
    shown = ", ".join(names[:_MOST_NAMED]) + (
        f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    )
    line = f"{len(symbols)} {what} are open already, of others or of an earlier run: {shown}"
    return Finding(check, Concern.ACCOUNT, Verdict.WARNING, line, remedy="they share margin and limits with the bot")


def _limits(limits: Sequence[RateLimit]) -> Finding:
    #: Of a window twice, the account's own, which comes last, holds.
    told = {(row.kind, row.window_ms): row.limit for row in limits if row.kind in (REQUEST_WEIGHT, ORDERS)}
    words = {REQUEST_WEIGHT: "weight", ORDERS: "orders"}
    rows = ", ".join(f"{limit} {words[kind]} in {window // 1000} s" for (kind, window), limit in told.items())
    return Finding("rate_limits", Concern.ACCOUNT, Verdict.OK, f"rate limits: {rows}")


async def _fits(
    api: VenueApi, instruments: Instruments, wanted: Wanted, positions: Sequence[PositionReport], told: Told
) -> tuple[Finding, ...]:
    """Whether the pair's brackets allow what the settings want, at the price of now."""
    if wanted.trading_pair is None:
        return ()
    try:
        rule = instruments.rule(wanted.trading_pair)
        brackets = await api.brackets(rule.symbol)
        held = [row.amount for row in positions if row.symbol == rule.symbol]
        price = await api.index_price_now(rule.symbol) if wanted.notional_at else None
        notional = wanted.notional_at(price, held) if wanted.notional_at and price else Decimal(0)
        if wanted.leverage is not None:
            preflight.check_leverage(rule, wanted.leverage, brackets, notional)
    except ConfigFault as fault:
        return (Finding("settings", Concern.SETTINGS, Verdict.REFUSAL, str(fault)),)
    except ConnectorFault as fault:
        return (told("settings", Concern.ACCOUNT, "the pair's brackets were not told", fault),)
    most = brackets[0].initial_leverage
    asked = f"leverage {wanted.leverage} of at most {most}" if wanted.leverage else f"leverage up to {most}"
    line = f"{wanted.trading_pair}: {asked}, {plain(max(row.notional_cap for row in brackets))} {rule.quote_asset} at 1"
    if notional:
        line = f"{line}; the larger side comes to {plain(notional.quantize(_CENTS))}"
    elif wanted.notional_at:
        line = f"{line}; no price is told, so what the orders come to was not held against it"
        return (Finding("settings", Concern.SETTINGS, Verdict.WARNING, line),)
    return (Finding("settings", Concern.SETTINGS, Verdict.OK, line),)
