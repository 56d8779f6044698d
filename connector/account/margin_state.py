"""The account's margin as of now, kept by events: our orders, the venue's words on the account, mark prices.

The venue pushes the account's balance when trades move it, and nothing when an order merely reserves or releases
margin ("ACCOUNT_UPDATE": not pushed for unfilled or cancelled orders): what is free is known from the ledger and from
our own orders, those of unknown outcome included. Prices of a pair are those of its last mark price event, or of the
question that names it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from connector.account.ledger import Ledger, LedgerReport
from connector.account.margin import Backing, CollateralRates, joint_backing
from connector.account.margin_book import AssetSum
from connector.account.order_cost import MarketPrices
from connector.account.order_holds import OrderHolds
from connector.account.pair_budget import SIDES, PairBudget, WorkingOrder
from connector.core.amounts import ZERO, to_e8
from connector.core.enums import MarginType, PositionMode, PositionSide, TradeType
from connector.core.reports import (
    AccountReport,
    BracketsReport,
    CollateralReport,
    Fill,
    LeverageReport,
    MultiAssetsReport,
    PositionModeReport,
)
from connector.core.trading_rule import TradingRule
from connector.venue.contracts import ContractMath

_WHICH = {side: which for which, side in SIDES}
#: Stands among the pairs without a price while nothing is known of what assets count for.
_RATES = "rates of the asset index"
#: An asset that the index leaves out backs nothing.
_NOTHING = CollateralRates(bid_e8=0)


@dataclass(frozen=True, slots=True)
class BudgetSources:
    """Where the budget asks."""

    contract: ContractMath
    #: Of the pairs that are traded, by trading pair.
    rules: Mapping[str, TradingRule]
    #: All that hold margin before the first event of an order, whatever their state.
    working_orders: Callable[[], Iterable[WorkingOrder]]
    #: Of a pair. Raises `ArgumentFault` for one that is not traded.
    prices_of: Callable[[str], MarketPrices]
    #: Of a traded pair, as a fraction of the notional.
    fee_rate: Callable[[str], Decimal]
    #: The traded pair of a symbol, None for another.
    pair_of: Callable[[str], str | None]
    #: Whether the fee of an opening order is kept back beside its margin: the exchange itself keeps none.
    reserve_fees: bool = True
    #: Trades of our orders that the bot may hear of before they are counted, and the order as it stands since.
    late_fills: list[tuple[WorkingOrder, Fill]] = field(default_factory=list)


class MarginState:
    """Sums by asset and by pair. A trade may be told late (`late_fills`): it is counted before anything is asked."""

    __slots__ = (
        "_assets", "_holds", "_late", "_ledger", "_pairs", "_sources", "_unpriced", "_withheld", "is_hedge",
    )  # fmt: skip

    def __init__(self, ledger: Ledger, sources: BudgetSources) -> None:
        self._ledger, self._sources = ledger, sources
        self._late = sources.late_fills
        self._assets: dict[str, AssetSum] = {}
        self._pairs: dict[str, PairBudget] = {}
        self.is_hedge = ledger.assumed_mode is PositionMode.HEDGE
        self._unpriced: set[str] = set()
        self._holds = OrderHolds(self._known_pair)
        self._holds.take_mode(ledger.assumed_mode)
        #: What others took of a shared account, by asset.
        self._withheld: dict[str, int] = {}
        self._note_rates()
        for asset in ledger.balances:
            self._read_balance(asset)
        for symbol in dict.fromkeys(row.symbol for row in ledger.positions):
            if trading_pair := sources.pair_of(symbol):
                self.pair(trading_pair)
        for order in sources.working_orders():
            self.take_order(order)
        ledger.watch(self._take_report)

    @property
    def assets(self) -> Mapping[str, AssetSum]:
        """By name."""
        if self._late:
            self.count_late()
        return self._assets

    @property
    def rules(self) -> Mapping[str, TradingRule]:
        """Of all pairs that are traded, by trading pair, whether one was asked about or not."""
        return self._sources.rules

    @property
    def pairs(self) -> Mapping[str, PairBudget]:
        """By trading pair."""
        if self._late:
            self.count_late()
        return self._pairs

    @property
    def unpriced(self) -> set[str]:
        """Pairs that hold margin and have no price yet: what they take can't be reckoned."""
        if self._late:
            self.count_late()
        return self._unpriced

    @property
    def late(self) -> list[tuple[WorkingOrder, Fill]]:
        """Trades that are not counted yet."""
        return self._late

    @property
    def waiting(self) -> Mapping[str, WorkingOrder]:
        """Orders that are kept by the venue until they are triggered, and hold nothing, by client id."""
        return self._holds.waiting

    def count_late(self) -> None:
        """Counts the trades that were told late."""
        fills = tuple(self._late)
        self._late.clear()
        for order, fill in fills:
            self._note_use(self._holds.take(order), order.trading_pair)
            self._count_trade(order.trading_pair, fill.position_side, order.trade_type, fill)

    def asset(self, name: str) -> AssetSum:
        if self._late:
            self.count_late()
        if name not in self._assets:
            self._assets[name] = AssetSum()
            self._read_balance(name)
        return self._assets[name]

    def pair(self, trading_pair: str) -> PairBudget:
        """A traded pair with its prices as they are now. Raises `ArgumentFault` for one that is not traded."""
        if self._late:
            self.count_late()
        found = self._pairs.get(trading_pair)
        if found is None:
            return self._opened(trading_pair)
        rule = self._sources.rules.get(trading_pair)
        if rule is not found.rule and rule is not None:
            found.take_rule(rule)
        if found.take_prices(self._sources.prices_of(trading_pair)) and self._unpriced:
            self._unpriced.discard(trading_pair)
        return found

    def withhold(self, name: str, withheld_e8: int) -> None:
        """What the venue's own figure says that others took of an asset."""
        self._withheld[name] = self.asset(name).withheld_e8 = withheld_e8

    def share_out(self) -> None:
        """In multi-assets mode: tells each asset what all of them leave free. To be called before each question."""
        if not self._ledger.is_multi_assets:
            return
        free_e8 = self.joint().free_e8
        for name, asset in self.assets.items():
            left_e8 = self.rates(name).in_asset_e8(free_e8)
            own_e8 = asset.wallet_e8 + asset.result_e8 - asset.drawn_e8 - asset.granted_e8
            asset.withheld_e8 = own_e8 - left_e8 + self._withheld.get(name, 0)

    def joint(self) -> Backing:
        """What backs all positions together in multi-assets mode, in USD, maintenance left out."""
        names = dict.fromkeys((*self._ledger.balances, *self.assets))
        return joint_backing((self.rates(name), self._part(self.asset(name))) for name in names)

    def rates(self, name: str) -> CollateralRates:
        """What an asset counts for in multi-assets mode."""
        return self._ledger.rates(name) or _NOTHING

    def take_trade(self, trading_pair: str, side: PositionSide, trade_type: TradeType, fill: Fill) -> None:
        """A trade of the account, whoever's order it was of."""
        if self._late:
            self.count_late()
        self._count_trade(trading_pair, side, trade_type, fill)

    def _count_trade(self, trading_pair: str, side: PositionSide, trade_type: TradeType, fill: Fill) -> None:
        pair = self._pairs.get(trading_pair) or self._known_pair(trading_pair)
        if pair is not None:
            pair.take_trade(_WHICH[side], fill, is_buy=trade_type is TradeType.BUY)

    def take_prices(self, trading_pair: str) -> None:
        """The pair's mark price moved; of one that is not traded, or not yet, nothing is kept."""
        if trading_pair in self._sources.rules:
            self.pair(trading_pair)

    def value_as_told(self) -> None:
        """Values positions and orders at the marks that the venue told beside them, until `value_as_known`."""
        for trading_pair, pair in self.pairs.items():
            mark = self._ledger.told_mark(pair.symbol)
            if mark is not None:
                pair.take_prices(replace(self._sources.prices_of(trading_pair), mark=mark))

    def value_as_known(self) -> None:
        """Values positions at the marks of now."""
        for trading_pair in self.pairs:
            self.pair(trading_pair)

    def forget(self, trading_pair: str) -> None:
        """A pair that is traded no more; nothing is held there, and orders of others count no longer."""
        if trading_pair in self.pairs:
            self._holds.forget(trading_pair)
            del self._pairs[trading_pair]
            self._unpriced.discard(trading_pair)

    def take_order(self, order: WorkingOrder) -> None:
        """An order is new, or changed."""
        if self._late:
            self.count_late()
        self._note_use(self._holds.take(order), order.trading_pair)

    @staticmethod
    def _part(asset: AssetSum) -> Backing:
        drawn_e8 = asset.drawn_e8 + asset.granted_e8
        return Backing(asset.wallet_e8, asset.result_e8, drawn_e8, isolated_orders_e8=asset.isolated_orders_e8)

    def _note_rates(self) -> None:
        is_blind = self._ledger.is_multi_assets and not self._ledger.has_rates
        (self._unpriced.add if is_blind else self._unpriced.discard)(_RATES)

    def _known_pair(self, trading_pair: str) -> PairBudget | None:
        """None: not traded yet. Its orders are counted once it is."""
        if trading_pair in self._pairs or trading_pair not in self._sources.rules:
            return self._pairs.get(trading_pair)
        return self._opened(trading_pair)

    def _opened(self, trading_pair: str) -> PairBudget:
        prices = self._sources.prices_of(trading_pair)
        rule = self._sources.rules[trading_pair]
        found = self._pairs[trading_pair] = PairBudget(self._sources.contract, rule, self.asset(rule.margin_asset))
        found.take_prices(prices)
        self._read_terms(trading_pair, found)
        found.take_brackets(self._ledger.brackets(rule.symbol))
        self._read_positions(trading_pair, found)
        self._holds.count_anew()
        self._note_use(found, trading_pair)
        return found

    def _note_use(self, pair: PairBudget | None, trading_pair: str) -> None:
        if pair is not None and not pair.sums.mark_e8:
            (self._unpriced.add if pair.sums.is_used else self._unpriced.discard)(trading_pair)

    def _take_report(self, report: LedgerReport) -> None:
        if self._late:
            self.count_late()
        match report:
            case AccountReport():
                self._take_account(report)
            case LeverageReport():
                trading_pair = self._sources.pair_of(report.symbol)
                if trading_pair in self.pairs and trading_pair is not None:
                    self._read_terms(trading_pair, self.pairs[trading_pair])
                    self._read_positions(trading_pair, self.pairs[trading_pair])
            case BracketsReport():
                trading_pair = self._sources.pair_of(report.symbol)
                if trading_pair in self.pairs and trading_pair is not None:
                    self.pairs[trading_pair].take_brackets(self._ledger.brackets(report.symbol))
            case PositionModeReport():
                self.is_hedge = report.mode is PositionMode.HEDGE
                self._holds.take_mode(report.mode)
            case MultiAssetsReport() | CollateralReport():
                self._note_rates()
                for name, asset in self.assets.items():
                    asset.withheld_e8 = self._withheld.get(name, 0)

    def _take_account(self, report: AccountReport) -> None:
        for asset in self.assets if report.complete else [row.asset for row in report.balances]:
            self._read_balance(asset)
        if report.complete:
            for trading_pair, pair in self.pairs.items():
                self._read_positions(trading_pair, pair)
        for symbol in dict.fromkeys(row.symbol for row in report.positions):
            named = self._sources.pair_of(symbol)
            if named is not None and named in self.pairs:
                self._read_positions(named, self.pairs[named])
            elif named is not None:
                self._opened(named)

    def _read_balance(self, name: str) -> None:
        balance = self._ledger.balance(name)
        if name in self._assets:
            self._assets[name].wallet_e8 = to_e8(balance.cross_wallet if balance else ZERO)

    def _read_terms(self, trading_pair: str, pair: PairBudget) -> None:
        """A leverage that is not confirmed counts as 1, the dearest."""
        pair.take_terms(self._ledger.assumed_leverage(pair.symbol), self._ledger.max_notional(pair.symbol))

    def _read_positions(self, trading_pair: str, pair: PairBudget) -> None:
        is_isolated = self._ledger.margin_type(pair.symbol) is MarginType.ISOLATED
        for which, side in SIDES:
            row = self._ledger.position(pair.symbol, side)
            isolated = is_isolated if row is None else row.margin_type is MarginType.ISOLATED
            pair.take_position(which, row, is_isolated=isolated)
        self._note_use(pair, trading_pair)
