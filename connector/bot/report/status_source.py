"""From the connector and the bot's books to one moment's snapshot. Reads alone: nobody is asked, nothing waits."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

from connector.bot.report.accounting import Accounting
from connector.bot.report.result_split import ResultBook, Worth
from connector.bot.report.snapshot import (
    Counts,
    LimitStatus,
    MarketStatus,
    OpenOrder,
    PositionStatus,
    StatusSnapshot,
)
from connector.bot.report.states import BotState, Phase, StateFacts, state_of
from connector.core.amounts import HUNDRED, NAN, ZERO, floor_to, plain
from connector.core.enums import PositionAction
from connector.core.faults import UnavailableFault
from connector.core.position import Position, PositionMargin
from connector.core.trading_rule import TradingRule
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.network.entry_report import EntryReport, entry_report

#: To what a distance in percent is cut.
_HUNDREDTH = Decimal("0.01")


class StatusSource:
    """Of one bot, its books those of one pair."""

    def __init__(
        self,
        connector: PerpetualDerivative,
        accounting: Accounting,
        trading_pair: str,
        data_of: str = "",
        other_pairs: tuple[str, ...] = (),
    ) -> None:
        """`data_of`: in a dry run the domain whose market is played. `other_pairs`: traded beside that pair."""
        self.connector = connector
        self.accounting = accounting
        self.trading_pair = trading_pair
        self.data_of = data_of
        self._other_pairs = other_pairs
        #: By whoever runs it.
        self.phase = Phase.RUNNING
        #: Why nothing that opens is wanted, or can be had, in words; whoever decides that says it.
        self.holds: Callable[[], str] = lambda: ""
        #: Told by whoever keeps limits.
        self.limits: Callable[[], tuple[LimitStatus, ...]] = lambda: ()
        self.result: ResultBook | None = None
        self._started_ms = connector.components.clock.monotonic_ms()

    def begin(self, asset: str, wallet: Decimal) -> None:
        """The result is split from here on."""
        contract, rule = self.connector.components.contract, self.connector.trading_rules[self.trading_pair]
        worth = Worth(
            mark=lambda: self.connector.get_mark_price(self.trading_pair),
            held=lambda: sum((row.amount for row in self._held() if row.trading_pair == self.trading_pair), ZERO),
            gain=lambda entry, exit_price, amount: contract.pnl(entry, exit_price, amount, rule.contract_size),
            others={pair: partial(self.connector.get_unrealized_pnl, pair) for pair in self._beside()},
        )
        equity = wallet + self.unrealized_pnl()
        self.result = ResultBook(self.trading_pair, asset, worth, equity, self.accounting.paid_before)
        for tag in ResultBook.TAGS:
            self.connector.components.bus.add_watcher(tag, self.result.on_event)

    @property
    def rule(self) -> TradingRule | None:
        """The pair's; None before it was read."""
        return self.connector.trading_rules.get(self.trading_pair)

    def state(self, report: EntryReport | None = None) -> BotState:
        """The bot's state of now."""
        connector, rule = self.connector, self.rule
        opening = sum(
            order.is_open and order.position_action is not PositionAction.CLOSE
            for order in connector.in_flight_orders.values()
        )
        facts = StateFacts(
            phase=self.phase,
            key_lost=connector.components.key_watch.lost,
            silent_until_ms=connector.silent_until_ms(),
            is_being_settled=rule is not None and rule.is_being_settled,
            is_trading=rule is None or rule.is_trading,
            trading_status="" if rule is None else rule.status,
            waits_for="" if connector.ready else self.shut_gates(),
            paused_by=self._paused_by(report or entry_report(connector.components)),
            quotes=opening,
            holds=self._holds(),
        )
        return state_of(facts)

    def snapshot(self) -> StatusSnapshot:
        """Everything, as it stands now."""
        connector = self.connector
        rule, report = self.rule, entry_report(connector.components)
        asset = self.accounting.asset or ("" if rule is None else rule.margin_asset)
        unrealized = ZERO if rule is None else self.unrealized_pnl()
        wallet = connector.get_balance(asset)
        return StatusSnapshot(
            time_ms=connector.venue_time_ms(),
            domain=connector.domain,
            data_of=self.data_of,
            state=self.state(report),
            run_time_s=(connector.components.clock.monotonic_ms() - self._started_ms) / 1000,
            asset=asset,
            wallet=wallet,
            unrealized_pnl=unrealized,
            available=connector.get_available_balance(asset) if asset else ZERO,
            margin_ratio=connector.get_margin_ratio(asset) if asset else NAN,
            markets=() if rule is None else (self._market(),),
            positions=self.positions(),
            result=None if self.result is None else self.result.split(wallet, unrealized),
            counts=self._counts(),
            refusals=report.refusals,
            pauses=report.pauses,
            kept_back=report.kept,
            orders=self._orders(),
            limits=self.limits(),
        )

    def positions(self) -> tuple[PositionStatus, ...]:
        """What is held."""
        return () if self.rule is None else tuple(self._position(row) for row in self._held())

    def unrealized_pnl(self) -> Decimal:
        """Of all traded pairs that the market's margin asset backs, in it."""
        pairs = (self.trading_pair, *self._beside())
        return sum((self.connector.get_unrealized_pnl(pair) for pair in pairs), ZERO)

    def shut_gates(self) -> str:
        """What is waited for first, and what went wrong with it last."""
        shut = [(name, row) for name, row in self.connector.status_report.items() if not row.holds]
        if not shut:
            return ""
        told = next(((name, row) for name, row in shut if row.last_error), shut[0])
        name, row = told
        return f"{name.replace('_', ' ')}{f' ({row.last_error})' if row.last_error else ''}"

    def _paused_by(self, report: EntryReport) -> str:
        if stopped := self.connector.openings_stopped:
            return stopped
        wait_ms = self.connector.new_orders_wait_ms()
        if wait_ms:
            return f"the exchange wants no new orders for {wait_ms / 1000:.0f} s"
        on = (row for row in report.pauses if row.is_on and row.code)
        return next((f"refused to {row.of}: {row.reason}" for row in on if not self._of_another(row.of)), "")

    def _of_another(self, of: str) -> bool:
        """Whether a pause is of a pair that is not ours, or of one side alone: the other goes on."""
        return of not in ("the account", "all pairs", self.trading_pair)

    def _holds(self) -> str:
        if said := self.holds():
            return said
        held = self._held()
        if held and self.result is not None:
            amounts = " and ".join(f"{plain(row.amount)} {row.trading_pair}" for row in held)
            return f"a position of {amounts} is held, and nothing that opens is wanted"
        return ""

    def _held(self) -> list[Position]:
        """Of the market first."""
        pairs = (self.trading_pair, *self._other_pairs)
        rows = [row for row in self.connector.account_positions.values() if row.trading_pair in pairs and row.amount]
        return sorted(rows, key=lambda row: pairs.index(row.trading_pair))

    def _beside(self) -> Iterator[str]:
        """The other pairs that the same margin asset backs."""
        rules = self.connector.trading_rules
        for pair in self._other_pairs:
            if rules[pair].margin_asset == rules[self.trading_pair].margin_asset:
                yield pair

    def _market(self) -> MarketStatus:
        connector, pair = self.connector, self.trading_pair
        seconds, rate = None, NAN
        try:
            info = connector.get_funding_info(pair)
            seconds, rate = info.seconds_to_funding(connector.venue_time_ms() / 1000), info.rate
        except UnavailableFault:
            pass
        bid, ask = connector.get_price(pair, False), connector.get_price(pair, True)
        return MarketStatus(pair, bid, ask, connector.get_mark_price(pair), rate, seconds)

    def _position(self, row: Position) -> PositionStatus:
        connector, pair = self.connector, row.trading_pair
        mark, rule = connector.get_mark_price(pair), connector.trading_rules[pair]
        margin: PositionMargin | None = connector.get_position_margin(pair, row.position_side)
        price = NAN if margin is None else margin.liquidation_price
        gained = ZERO
        if not mark.is_nan():
            gained = connector.components.contract.pnl(row.entry_price, mark, row.amount, rule.contract_size)
        return PositionStatus(
            trading_pair=pair,
            position_side=row.position_side.name,
            amount=row.amount,
            entry_price=row.entry_price,
            mark_price=mark,
            unrealized_pnl=gained,
            liquidation_price=price,
            liquidation_distance=_distance(mark, price),
            leverage=row.leverage,
            margin_type=row.margin_type.name,
            margin_ratio=NAN if margin is None else margin.margin_ratio,
            adl_rank=row.adl_rank,
        )

    def _counts(self) -> Counts:
        figures = self.accounting.figures
        return Counts(
            placed=figures.placed,
            cancelled=figures.cancelled,
            fills=figures.fills,
            buys=figures.buys,
            sells=figures.sells,
            volume=figures.notional,
            rejected=figures.rejected or 0,
            not_sent=figures.not_sent or 0,
            other_fees={asset: amount for asset, amount in figures.other_fees.items() if amount},
            realized_pnl=figures.realized_pnl,
        )

    def _orders(self) -> tuple[OpenOrder, ...]:
        return tuple(
            OpenOrder(
                order.client_order_id,
                order.trading_pair,
                order.trade_type,
                order.price,
                order.amount,
                order.remaining_amount,
                order.state.name,
                order.position_action.name,
                order.created_ms,
                order.was_seen,
            )
            for order in self.connector.in_flight_orders.values()
        )


def _distance(mark: Decimal, price: Decimal) -> Decimal:
    """From the mark to the price of liquidation, in percent of the mark, cut to a hundredth."""
    if mark.is_nan() or price.is_nan() or not mark or not price:
        return NAN
    return floor_to(_HUNDREDTH, abs(mark - price) / mark * HUNDRED)
