"""The orders that close a position: a take-profit that rests, and past the stop price an order that gets out.

    position ──▶ take-profit rests ──(market at or past the stop price)──▶ cancelled ──▶ stop-loss order
                      ▲                                                                       │ unfilled for
                      └──────────────(market back inside, stop-loss order aged)◀── cancelled ◀┘ its renewal time

There is one exit a position at most, for the position as it is now: when the position grows, shrinks or moves its
entry price, the exit is cancelled and asked for anew, and nothing is asked for while an exit of that side lives.
A stop-loss order that the market has run past, so that it rests, is asked for anew at each view.

An exit never meets an order of our own, which the venue's self-trade prevention would end. Quotes in its way are
cancelled, and a take-profit waits until they are gone; for an exit of the opposite position it waits as well. A
stop-loss order cancels whatever is in its way and follows one view later: the venue gets the cancels first.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from connector.core.amounts import ZERO
from connector.core.enums import TradeType
from connector.core.intents import CancelIntent, Intent
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.quoting_state import ExitAsked, ExitMisfit, QuotingState
from connector.strategies.refresh import cancels
from connector.strategies.view import MarketView, OwnOrder
from connector.strategies.wanted_exit import WantedExit, market_price, stop_price

#: The same exit is asked for again no sooner than this after it was asked for or last seen to fit: a fill may outrun
#: the position that it closed, and a refused order must not be repeated with every tick.
EXIT_PAUSE_MS = 1000
#: An exit of the wrong amount, or of no position, is cancelled when it has been wrong for this long: the venue sends a
#: fill's order and its position in two messages, and a view may fall between them.
TORN_VIEW_MS = 300


def exit_intents(
    settings: PerpetualMarketMakingSettings, state: QuotingState, view: MarketView, exits: Sequence[WantedExit]
) -> tuple[tuple[Intent, ...], QuotingState]:
    """What turns the live exits into the wanted ones, and the memory of what was asked for."""
    misfits = _misfits(state.exit_misfits, view, exits)
    torn = {misfit.client_order_id for misfit in misfits if view.now_ms - misfit.since_ms < TORN_VIEW_MS}
    asked = {past.intent: past for past in _remembered(state.exits_asked, view.now_ms)}
    paused = frozenset(asked)
    intents = list(_orphans_cancelled(view, exits, torn))
    for index, wanted in enumerate(exits):
        wish = wanted.intent(view.trading_pair)
        kept = _kept(settings, view, wanted, torn)
        intents += _left_out_cancelled(view, wanted, kept)
        if kept is None and wish not in paused:
            intents += _way_cleared_or_placed(view, wanted, exits[:index])
        is_resting = _is_resting(kept, wanted)
        if wish in intents or is_resting:
            asked[wish] = ExitAsked(wish, view.now_ms, is_alive=is_resting)
    return tuple(_each_once(intents)), replace(state, exits_asked=tuple(asked.values()), exit_misfits=misfits)


def _remembered(asked: Iterable[ExitAsked], now_ms: int) -> Iterator[ExitAsked]:
    """What was asked for, or found gone, a short while ago: one that lived at the last look was not missed before this
    one."""
    for past in asked:
        seen_ms = now_ms if past.is_alive else past.asked_ms
        if now_ms - seen_ms < EXIT_PAUSE_MS:
            yield ExitAsked(past.intent, seen_ms)


def _misfits(known: Sequence[ExitMisfit], view: MarketView, exits: Sequence[WantedExit]) -> tuple[ExitMisfit, ...]:
    """The live exits whose remainder is not what their position needs, or any where none is left; of those known, since
    when. One that is left on the wrong side of a position is no such one: nothing can make it right."""
    needs = [(wanted.side, wanted.amount) for wanted in exits]
    seen = (
        ExitMisfit(order.client_order_id, order.remaining, needed, view.now_ms)
        for side, needed in needs or [(side, ZERO) for side in TradeType]
        for order in view.exits(side)
        if order.remaining != needed
    )
    return tuple(next((old for old in known if old.is_same(misfit)), misfit) for misfit in seen)


def _orphans_cancelled(view: MarketView, exits: Sequence[WantedExit], torn: Collection[str]) -> Iterator[Intent]:
    for side in TradeType:
        if all(wanted.side is not side for wanted in exits):
            orphans = [order for order in view.exits(side) if order.client_order_id not in torn]
            yield from cancels(view, orphans, "no position to close")


def _kept(
    settings: PerpetualMarketMakingSettings, view: MarketView, wanted: WantedExit, torn: Collection[str]
) -> OwnOrder | None:
    """The live exit that stays: a stop-loss order at work, or one at the wanted price."""
    for order in view.exits(wanted.side) if wanted.amount else ():
        is_sized = order.remaining == wanted.amount or order.client_order_id in torn
        is_priced = wanted.is_served_at(order.price) or _is_stop_at_work(settings, view, wanted, order)
        if is_sized and is_priced and not order.is_pending_cancel:
            return order
    return None


def _is_resting(kept: OwnOrder | None, wanted: WantedExit) -> bool:
    """Whether the take-profit is live as it should be. A stop-loss order is renewed without a pause."""
    if kept is None or wanted.is_stop:
        return False
    return wanted.is_served_at(kept.price) and kept.remaining == wanted.amount


def _is_stop_at_work(
    settings: PerpetualMarketMakingSettings, view: MarketView, wanted: WantedExit, order: OwnOrder
) -> bool:
    """Whether the order is a stop-loss order that the market reaches and that is not yet due for renewal. One priced
    past the stop price is one; one that the market has run past rests behind it and closes nothing."""
    stop, market = stop_price(settings, wanted.position), market_price(view, wanted.position)
    if stop is None or view.now_ms - order.created_ms >= settings.stop_loss_renewal_ms:
        return False
    sign = wanted.position.sign
    return sign * (order.price - stop) <= 0 and (market is None or sign * (market - order.price) >= 0)


def _left_out_cancelled(view: MarketView, wanted: WantedExit, kept: OwnOrder | None) -> Iterator[Intent]:
    others = [order for order in view.exits(wanted.side) if order is not kept]
    return cancels(view, others, "exit no longer fits")


def _way_cleared_or_placed(view: MarketView, wanted: WantedExit, sooner: Sequence[WantedExit]) -> Iterator[Intent]:
    """The exit, when no exit of its side lives and nothing of ours is in its way; else what makes way for it."""
    if wanted.amount <= 0 or wanted.price <= 0:
        return
    in_way = view.facing(wanted.side, wanted.price)
    yield from cancels(
        view, [order for order in in_way if wanted.is_stop or not order.is_exit], "in the way of an exit"
    )
    is_clear = all(wanted.is_stop and order.is_pending_cancel for order in in_way)
    is_first = not any(other.meets(wanted.side, wanted.price) for other in sooner)
    if is_clear and is_first and not view.exits(wanted.side):
        yield wanted.intent(view.trading_pair)


def _each_once(intents: Iterable[Intent]) -> Iterator[Intent]:
    """The intents without a second cancel of the same order: it may be out of date and in the way of another."""
    going: set[str] = set()
    for intent in intents:
        if isinstance(intent, CancelIntent):
            if intent.client_order_id in going:
                continue
            going.add(intent.client_order_id)
        yield intent
