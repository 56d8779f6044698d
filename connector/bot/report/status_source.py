"""From the connector and the bot's books to one moment's snapshot. Reads alone: nobody is asked, nothing waits."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from connector.bot.report.accounting import Accounting, Figures
from connector.bot.report.played_market import played_market
from connector.bot.report.result_split import NO_INSURANCE, ResultBook, ResultSplit, Worth
from connector.bot.report.snapshot import (
    Counts,
    LimitStatus,
    MarketStatus,
    OpenOrder,
    PositionStatus,
    StatusSnapshot,
    StrategyStatus,
)
from connector.bot.report.states import BotState, Phase, StateFacts, StrategyFacts, state_of
from connector.core.amounts import HUNDRED, NAN, ZERO, floor_to, plain
from connector.core.enums import PositionAction
from connector.core.faults import UnavailableFault
from connector.core.position import Position, PositionMargin
from connector.core.trading_rule import TradingRule
from connector.exchange import gates
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.network.entry_report import EntryReport, entry_report

#: To what a distance in percent is cut.
_HUNDREDTH = Decimal("0.01")
#: By whom one of several strategies is.
_PAUSED = "by pause --strategy"
_ALONE: Mapping[str, Accounting] = MappingProxyType({})


class StatusSource:
    """Of one bot, with the books of each pair that it trades."""

    def __init__(
        self,
        connector: PerpetualDerivative,
        accounting: Accounting,
        trading_pair: str,
        data_of: str = "",
        beside: Mapping[str, Accounting] = _ALONE,
    ) -> None:
        """`data_of`: in a dry run the domain whose market is played, or the recording. `beside`: the books of the other
        pairs that are traded."""
        self.connector = connector
        self.accounting = accounting
        self.trading_pair = trading_pair
        self.data_of = data_of
        self.is_rehearsal = False
        #: By pair, that one first.
        self.books = {trading_pair: accounting, **beside}
        #: By whoever runs it.
        self.phase = Phase.RUNNING
        #: Why nothing that opens is wanted, or can be had, in words; whoever decides that says it.
        self.holds: Callable[[], str] = lambda: ""
        #: Why no strategy is to open anything, in words, where that is so of each for itself.
        self.paused: Callable[[], str] = lambda: ""
        #: Told by whoever keeps limits.
        self.limits: Callable[[], tuple[LimitStatus, ...]] = lambda: ()
        #: Told by whoever runs several.
        self.strategies: Callable[[], tuple[StrategyFacts, ...]] = lambda: ()
        #: By asset, that of the first pair first; empty before the first order may go.
        self.results: dict[str, ResultBook] = {}
        self._started_ms = connector.components.clock.monotonic_ms()

    @property
    def played(self) -> str:
        """Whose market it is in words, where the exchange plays that of another."""
        return played_market(self.data_of, is_rehearsal=self.is_rehearsal)

    def begin(self) -> None:
        """The results are split from here on."""
        connector, rules = self.connector, self.connector.trading_rules
        for asset in dict.fromkeys(rules[pair].margin_asset for pair in self.books):
            worths = {pair: self._worth(pair) for pair in self.books if rules[pair].margin_asset == asset}
            equity = connector.get_balance(asset) + self.unrealized_of(asset)
            book = self.results[asset] = ResultBook(asset, worths, equity, self.accounting.paid_before)
            for tag in ResultBook.TAGS:
                connector.components.bus.add_watcher(tag, book.on_event)

    def _worth(self, pair: str) -> Worth:
        connector, contract = self.connector, self.connector.components.contract
        rule = connector.trading_rules[pair]
        return Worth(
            mark=lambda: connector.get_mark_price(pair),
            held=lambda: sum((row.amount for row in self._held() if row.trading_pair == pair), ZERO),
            gain=lambda entry, exit_price, amount: contract.pnl(entry, exit_price, amount, rule.contract_size),
        )

    @property
    def rule(self) -> TradingRule | None:
        """The first pair's; None before it was read."""
        return self.connector.trading_rules.get(self.trading_pair)

    @property
    def _rules(self) -> list[TradingRule]:
        """Of each pair; none before they were read."""
        return self._rules_of(self.books)

    def _rules_of(self, pairs: Iterable[str]) -> list[TradingRule]:
        rules = self.connector.trading_rules
        return [rules[pair] for pair in pairs if pair in rules]

    def state(self, report: EntryReport | None = None) -> BotState:
        """The bot's state of now."""
        connector, pairs = self.connector, tuple(self.books)
        opening = sum(
            order.is_open and order.position_action is not PositionAction.CLOSE
            for order in connector.in_flight_orders.values()
        )
        facts = StateFacts(
            phase=self.phase,
            waits_for="" if connector.ready else self.shut_gates(),
            paused_by=self._paused_by(pairs, report or entry_report(connector.components), self.paused()),
            quotes=opening,
            holds=self.holds() or self._held_text(pairs),
        )
        return self._state_at(pairs, facts)

    def _state_at(self, pairs: tuple[str, ...], facts: StateFacts) -> BotState:
        """With what the exchange says of itself and of these pairs."""
        rules = self._rules_of(pairs)
        halted = next((rule for rule in rules if not rule.is_trading), None)
        whole = replace(
            facts,
            key_lost=self.connector.components.key_watch.lost,
            silent_until_ms=self.connector.silent_until_ms(),
            is_being_settled=bool(rules) and all(rule.is_being_settled for rule in rules),
            is_trading=not rules or any(rule.is_trading for rule in rules),
            trading_status="" if halted is None else halted.status,
        )
        return state_of(whole)

    def waits(self) -> dict[str, str]:
        """What each pair waits for, in words: its own market first, else what all of them do; empty where it is
        ready."""
        rules = self._rules
        if self.connector.ready:
            return dict.fromkeys((rule.trading_pair for rule in rules), "")
        troubles = {rule.trading_pair: self.connector.market_trouble(rule.trading_pair) for rule in rules}
        of_all = self.shut_gates(gates.OF_A_PAIR if any(troubles.values()) else frozenset())
        return {pair: trouble or of_all for pair, trouble in troubles.items()}

    def _strategy(self, one: StrategyFacts, report: EntryReport, waits: Mapping[str, str]) -> StrategyStatus:
        """How one of several stands: by its own pairs, and held while the run waits for another's."""
        waits_for = next((f"{pair}: {waits[pair]}" for pair in one.pairs if waits.get(pair)), "")
        of_others = next((f"{pair} is not ready" for pair, text in waits.items() if text and not waits_for), "")
        facts = StateFacts(
            phase=self.phase,
            waits_for=waits_for,
            paused_by=self._paused_by(one.pairs, report, _PAUSED if one.is_paused else ""),
            quotes=0 if of_others else one.opening,
            holds=of_others or one.holds or self._held_text(one.pairs),
        )
        state = f"ended: {one.fault}" if one.fault else str(self._state_at(one.pairs, facts))
        return StrategyStatus(
            one.name, one.strategy, one.pairs, state, one.orders, not waits_for, waits_for, one.is_paused
        )

    def snapshot(self) -> StatusSnapshot:
        """Everything, as it stands now."""
        connector = self.connector
        rule, report, waits = self.rule, entry_report(connector.components), self.waits()
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
            markets=tuple(self._market(pair, waits[pair]) for pair in waits),
            positions=self.positions(),
            result=next(iter(splits := self.splits()), None),
            results_beside=splits[1:],
            counts=self._counts(),
            counts_by_pair={pair: counts_of(books.figures) for pair, books in self.books.items()},
            refusals=report.refusals,
            pauses=report.pauses,
            kept_back=report.kept,
            orders=self._orders(),
            limits=self.limits(),
            strategies=tuple(self._strategy(one, report, waits) for one in self.strategies()),
        )

    def splits(
        self, wallets: Mapping[str, Decimal] = MappingProxyType({}), insurance: Mapping[str, Decimal] = NO_INSURANCE
    ) -> tuple[ResultSplit, ...]:
        """The result of each asset as things stand, that of the first pair first; with these wallets where they are
        known better, and what the account book says of the insurance fund by pair."""
        return tuple(
            book.split(wallets.get(asset, self.connector.get_balance(asset)), self.unrealized_of(asset), insurance)
            for asset, book in self.results.items()
        )

    def positions(self) -> tuple[PositionStatus, ...]:
        """What is held."""
        return () if self.rule is None else tuple(self._position(row) for row in self._held())

    def unrealized_pnl(self) -> Decimal:
        """Of all traded pairs that the first one's margin asset backs, in it."""
        return self.unrealized_of(self.connector.trading_rules[self.trading_pair].margin_asset)

    def unrealized_of(self, asset: str) -> Decimal:
        """Of all traded pairs that an asset backs, in it."""
        pairs = (rule.trading_pair for rule in self._rules if rule.margin_asset == asset)
        return sum((self.connector.get_unrealized_pnl(pair) for pair in pairs), ZERO)

    def shut_gates(self, beside: Collection[str] = ()) -> str:
        """What is waited for first, and what went wrong with it last; of other gates than those `beside`."""
        report = self.connector.status_report.items()
        shut = [(name, row) for name, row in report if not row.holds and name not in beside]
        if not shut:
            return ""
        told = next(((name, row) for name, row in shut if row.last_error), shut[0])
        name, row = told
        return f"{name.replace('_', ' ')}{f' ({row.last_error})' if row.last_error else ''}"

    def _paused_by(self, pairs: tuple[str, ...], report: EntryReport, by_hand: str) -> str:
        """Who keeps back what opens of these pairs."""
        if stopped := self.connector.openings_stopped or by_hand:
            return stopped
        wait_ms = self.connector.new_orders_wait_ms()
        if wait_ms:
            return f"the exchange wants no new orders for {wait_ms / 1000:.0f} s"
        on = (row for row in report.pauses if row.is_on and row.code)
        return next((f"refused to {row.of}: {row.reason}" for row in on if not _of_another(row.of, pairs)), "")

    def _held_text(self, pairs: tuple[str, ...]) -> str:
        held = [row for row in self._held() if row.trading_pair in pairs]
        if held and self.results:
            amounts = " and ".join(f"{plain(row.amount)} {row.trading_pair}" for row in held)
            return f"a position of {amounts} is held, and nothing that opens is wanted"
        return ""

    def _held(self) -> list[Position]:
        """In the order of the pairs."""
        pairs = tuple(self.books)
        rows = [row for row in self.connector.account_positions.values() if row.trading_pair in pairs and row.amount]
        return sorted(rows, key=lambda row: pairs.index(row.trading_pair))

    def _market(self, pair: str, waits_for: str) -> MarketStatus:
        connector = self.connector
        seconds, rate = None, NAN
        try:
            info = connector.get_funding_info(pair)
            seconds, rate = info.seconds_to_funding(connector.venue_time_ms() / 1000), info.rate
        except UnavailableFault:
            pass
        bid, ask = connector.get_price(pair, False), connector.get_price(pair, True)
        mark = connector.get_mark_price(pair)
        return MarketStatus(pair, bid, ask, mark, rate, seconds, not waits_for, waits_for)

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
        """Of all pairs; volume and result of those that are told in the first one's assets."""
        rows = [(counts_of(books.figures), pair) for pair, books in self.books.items()]
        fees: dict[str, Decimal] = {}
        for asset, amount in (item for row, _ in rows for item in row.other_fees.items()):
            fees[asset] = fees.get(asset, ZERO) + amount
        rules, first = self.connector.trading_rules, self.rule
        alike = [
            row
            for row, pair in rows
            if first is None
            or (rules[pair].quote_asset, rules[pair].margin_asset) == (first.quote_asset, first.margin_asset)
        ]
        return Counts(
            placed=sum(row.placed for row, _ in rows),
            cancelled=sum(row.cancelled for row, _ in rows),
            fills=sum(row.fills for row, _ in rows),
            buys=sum(row.buys for row, _ in rows),
            sells=sum(row.sells for row, _ in rows),
            volume=sum((row.volume for row in alike), ZERO),
            rejected=sum(row.rejected for row, _ in rows),
            not_sent=sum(row.not_sent for row, _ in rows),
            other_fees=fees,
            realized_pnl=sum((row.realized_pnl for row in alike), ZERO),
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


def counts_of(figures: Figures) -> Counts:
    """What the books of one pair count."""
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


def _of_another(of: str, pairs: tuple[str, ...]) -> bool:
    """Whether a pause is of a pair that is not ours, or of one side or one of several pairs: the others go on."""
    return of not in ("the account", "all pairs") and pairs != (of,)


def _distance(mark: Decimal, price: Decimal) -> Decimal:
    """From the mark to the price of liquidation, in percent of the mark, cut to a hundredth."""
    if mark.is_nan() or price.is_nan() or not mark or not price:
        return NAN
    return floor_to(_HUNDREDTH, abs(mark - price) / mark * HUNDRED)
