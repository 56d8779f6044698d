"""The user's limits, asked before each order and each change leaves, whatever strategy wants it.

Positions and open orders are the budget's sums, which count an order from the moment when it is tracked; orders that
wait for a trigger, which hold no margin, are counted beside them. What only reduces a position is never kept back.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from connector.account.margin_book import BOTH, LONG, SHORT
from connector.account.margin_state import MarginState
from connector.account.pair_budget import PairBudget, WorkingOrder
from connector.config.risk_settings import Loss, RiskSettings
from connector.core.amounts import E8, ZERO, to_e8
from connector.core.clock import Clock
from connector.core.enums import PositionAction, TradeType
from connector.core.intents import OrderIntent
from connector.orders.changes import Change
from connector.orders.in_flight_order import InFlightOrder
from connector.risk.bounds import (
    MAX_OPEN_ORDERS_NOTIONAL,
    MAX_ORDER_RATE,
    MAX_POSITION,
    MAX_POSITION_NOTIONAL,
    MIN_LIQUIDATION_DISTANCE,
    LossBound,
    OnRiskLimit,
    RiskBounds,
)
from connector.risk.limit_row import LimitRow
from connector.risk.order_bounds import Asked, PairBounds, Standing, only_reduces, pair_bounds, too_much
from connector.risk.order_rate import OrderRate

_BUY, _OPEN = TradeType.BUY, PositionAction.OPEN
#: Which sides of the margin book an account has, by whether it hedges.
_SIDES = {False: (BOTH,), True: (LONG, SHORT)}


def risk_bounds(own: RiskSettings) -> RiskBounds:
    """What the settings allow."""
    return RiskBounds(
        max_position=own.max_position.by_base,
        max_position_notional=own.max_position_notional.figure,
        max_open_orders_notional=own.max_open_orders_notional.figure,
        max_order_rate=own.max_order_rate,
        max_loss_of_day=_loss(own.max_loss_of_day),
        max_loss_of_run=_loss(own.max_loss_of_run),
        max_drawdown=own.max_drawdown.figure,
        min_liquidation_distance=own.min_liquidation_distance.figure,
        on_risk_limit=OnRiskLimit(own.on_risk_limit),
    )


def _loss(asked: Loss | None) -> LossBound | None:
    return None if asked is None else LossBound(asked.figure, asked.is_share)


class OrderLimits:
    """One limit set, for all pairs and strategies of a connector."""

    def __init__(self, bounds: RiskBounds, state: MarginState, clock: Clock) -> None:
        self.bounds, self.state, self._clock = bounds, state, clock
        #: None: off.
        self.rate = None if bounds.max_order_rate is None else OrderRate(bounds.max_order_rate)
        #: How near each position is to its liquidation, by pair and side of the margin book.
        self.distances: dict[tuple[str, int], LimitRow] = {}
        #: Positions that are too near to their liquidation, by pair and side of the margin book: whether buys enlarge
        #: them, and the row that says how near.
        self.too_near: dict[tuple[str, int], tuple[bool, LimitRow]] = {}
        #: What holds for each pair that was asked about.
        self.by_pair: dict[str, PairBounds] = {}

    @property
    def bounds_sums(self) -> bool:
        """Whether positions or open orders are bounded."""
        bounds = self.bounds
        of_sums = bounds.max_position_notional, bounds.max_open_orders_notional, bounds.min_liquidation_distance
        return bool(bounds.max_position) or any(one is not None for one in of_sums)

    def over(self, intent: OrderIntent, beside: Sequence[OrderIntent] = ()) -> str:
        """Why an order that is about to be tracked would pass a limit, those `beside` it tracked before; empty where it
        keeps all. Raises `ArgumentFault` for a pair that is not traded."""
        if intent.reduces_only or not self.bounds_sums:
            return ""
        pair, asked = self._asked(intent)
        of_others = 0
        for other in beside:
            other_pair, more = self._asked(other)
            if other_pair is pair and more.is_buy is asked.is_buy:
                asked = Asked(asked.is_buy, asked.sized + more.sized, asked.value + more.value)
            else:
                of_others += more.value
        return self._over(pair, asked, of_others)

    def over_by_change(self, order: InFlightOrder, change: Change) -> str:
        """The same of a change of an open order."""
        if order.position_action is PositionAction.CLOSE or not self.bounds_sums:
            return ""
        pair = self._pair(order.trading_pair)
        left = change.amount - max(order.executed_amount, order.reported_executed)
        is_buy, before, after = order.trade_type is _BUY, pair.sized(order.claimed_amount), pair.sized(max(ZERO, left))
        value = _value(pair, is_buy, after, change.price) - _value(pair, is_buy, before, order.price)
        return self._over(pair, Asked(is_buy, after - before, value))

    def has_no_turn(self, *, reduces_only: bool) -> str:
        """Why no order, and no change, may leave now, where too many left within a minute. Counts nothing. What reduces
        always leaves."""
        if self.rate is None or reduces_only:
            return ""
        now_ms = self._clock.monotonic_ms()
        if not self.rate.is_used_up(now_ms):
            return ""
        wait_s = self.rate.wait_ms(now_ms) / 1000
        return f"{MAX_ORDER_RATE}: {self.rate.most} left within a minute, the next may in {wait_s:.1f} s"

    def turns_left(self) -> int | None:
        """How many orders and changes may leave now; None: as many as there are."""
        return None if self.rate is None else self.rate.most - self.rate.used(self._clock.monotonic_ms())

    def takes_a_turn(self, *, reduces_only: bool) -> str:
        """Counts an order, or a change, that leaves now; why it must not, where too many left within a minute. What
        reduces is counted, too."""
        if self.rate is None:
            return ""
        if why := self.has_no_turn(reduces_only=reduces_only):
            return why
        self.rate.count(self._clock.monotonic_ms())
        return ""

    def standing(self, pair: PairBudget, which: int) -> Standing:
        """One position side, with all orders on it that open."""
        held, buys, sells, buy_units, sell_units = pair.sums.standing(which)
        buys_value, sells_value = buy_units // pair.contract.scale, sell_units // pair.contract.scale
        for order in self._waiting(pair.rule.trading_pair):
            is_buy, sized = order.trade_type is _BUY, pair.sized(order.claimed_amount)
            if which == self._side(is_buy):
                value = _value(pair, is_buy, sized, _price_of(order))
                buys, buys_value = (buys + sized, buys_value + value) if is_buy else (buys, buys_value)
                sells, sells_value = (sells, sells_value) if is_buy else (sells + sized, sells_value + value)
        return Standing(held, buys, sells, buys_value, sells_value)

    def rows(self) -> Iterator[LimitRow]:
        """Use and bound of each limit that is on."""
        bounds, state = self.bounds, self.state
        for pair in state.pairs.values():
            yield from self._rows_of(pair)
        if bounds.max_open_orders_notional is not None:
            unit = next((pair.rule.quote_asset for pair in state.pairs.values()), "")
            use = Decimal(self._orders_e8()) / E8
            yield LimitRow(MAX_OPEN_ORDERS_NOTIONAL, use, bounds.max_open_orders_notional, unit)
        if self.rate is not None:
            used, most = self.rate.used(self._clock.monotonic_ms()), self.rate.most
            yield LimitRow(MAX_ORDER_RATE, Decimal(used), Decimal(most), "a minute", struck=used >= most)

    def _rows_of(self, pair: PairBudget) -> Iterator[LimitRow]:
        bounds, rule = self.bounds, pair.rule
        held = max((abs(pair.sums.held(which)) for which in self._sides), default=0)
        most = bounds.most_of(rule.base_asset)
        if most is not None:
            yield LimitRow(f"{MAX_POSITION} {rule.trading_pair}", Decimal(held) / E8, most, rule.base_asset)
        if bounds.max_position_notional is not None:
            value = max((abs(pair.sums.held_e8(which)) for which in self._sides), default=0)
            name = f"{MAX_POSITION_NOTIONAL} {rule.trading_pair}"
            yield LimitRow(name, Decimal(value) / E8, bounds.max_position_notional, rule.quote_asset)
        for (name, which), row in self.distances.items():
            if name == rule.trading_pair and pair.sums.held(which):
                yield row

    def _asked(self, intent: OrderIntent) -> tuple[PairBudget, Asked]:
        pair = self._pair(intent.trading_pair)
        price = intent.price or intent.options.trigger_price or intent.options.activation_price
        is_buy, sized = intent.trade_type is _BUY, pair.sized(intent.amount)
        return pair, Asked(is_buy, sized, _value(pair, is_buy, sized, price))

    def _over(self, pair: PairBudget, asked: Asked, of_others_e8: int = 0) -> str:
        bounds, which = self._bounds_of(pair), self._side(asked.is_buy)
        standing, held_value = self._facing(pair, which, is_buy=asked.is_buy)
        needs_mark = bounds.notional is not None or bounds.open_orders is not None
        if needs_mark and not pair.sums.mark_e8:
            return f"{MAX_POSITION_NOTIONAL}: the mark price of {pair.rule.trading_pair} is not known yet"
        near = self.too_near.get((pair.rule.trading_pair, which))
        if near is not None and near[0] is asked.is_buy and asked.sized > 0 and not only_reduces(asked, standing):
            return f"{MIN_LIQUIDATION_DISTANCE}: {near[1].text()}"
        orders_e8 = 0 if bounds.open_orders is None else self._orders_e8() + of_others_e8
        row = too_much(bounds, asked, standing, held_value, orders_e8)
        return "" if row is None else f"{row.name}: it would come to {row.text()}"

    def _facing(self, pair: PairBudget, which: int, *, is_buy: bool) -> tuple[Standing, int]:
        """What an order of a side meets, and what the position is worth to it: what a closing order may take away makes
        no room for it."""
        standing, held_value = self.standing(pair, which), pair.sums.held_e8(which)
        held = standing.held
        if which != BOTH or (held >= 0 if is_buy else held <= 0):
            return standing, held_value
        waits = self._waiting(pair.rule.trading_pair, PositionAction.CLOSE)
        taken = sum(_closed_by(pair, order) for order in waits if (order.trade_type is _BUY) is is_buy)
        free = max(0, pair.room_to_close(which, is_buy) - taken)
        return standing._replace(held=-free if is_buy else free), held_value * free // abs(held)

    def _orders_e8(self) -> int:
        """What all open orders that open come to."""
        found = 0
        for pair in self.state.pairs.values():
            for which in self._sides:
                standing = self.standing(pair, which)
                found += standing.buys_value + standing.sells_value
        return found

    def _pair(self, trading_pair: str) -> PairBudget:
        """With the prices of its last mark: to ask changes nothing."""
        return self.state.pairs.get(trading_pair) or self.state.pair(trading_pair)

    def _bounds_of(self, pair: PairBudget) -> PairBounds:
        rule = pair.rule
        found = self.by_pair.get(rule.trading_pair)
        if found is None:
            found = self.by_pair[rule.trading_pair] = pair_bounds(self.bounds, rule.base_asset, rule.quote_asset)
        return found

    @property
    def _sides(self) -> tuple[int, ...]:
        return _SIDES[self.state.is_hedge]

    def _side(self, is_buy: bool) -> int:
        return BOTH if not self.state.is_hedge else LONG if is_buy else SHORT

    def _waiting(self, trading_pair: str, action: PositionAction = _OPEN) -> Iterator[WorkingOrder]:
        for order in self.state.waiting.values():
            if order.trading_pair == trading_pair and order.position_action is action:
                yield order


def _closed_by(pair: PairBudget, order: WorkingOrder) -> int:
    """What an order that waits takes of the position, once it is triggered."""
    if isinstance(order, InFlightOrder) and order.options.close_position:
        return abs(pair.sums.held(BOTH))
    return pair.sized(order.claimed_amount)


def _price_of(order: WorkingOrder) -> Decimal | None:
    """At which an order that waits is worth what it is: its own, or where it is triggered."""
    options = order.options if isinstance(order, InFlightOrder) else None
    trigger = None if options is None else options.trigger_price or options.activation_price
    return order.price or trigger


def _value(pair: PairBudget, is_buy: bool, sized: int, price: Decimal | None) -> int:
    """At its own price; at mark where it has none, or sells below."""
    price_e8, mark_e8 = to_e8(price) if price else 0, pair.sums.mark_e8
    if not price_e8 or (not is_buy and price_e8 < mark_e8):
        price_e8 = mark_e8
    return sized * pair.contract.unit(price_e8) // pair.contract.scale if price_e8 else 0
