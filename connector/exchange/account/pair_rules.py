"""What the exchange lists: trading rules by pair, and the pair of a symbol. Read at the start, refreshed hourly.

The same mapping is handed to everyone who needs a rule, so that a refreshed rule is everybody's at once.
"""

from connector.core.faults import ArgumentFault
from connector.core.trading_rule import TradingRule
from connector.wire.instruments import Instruments


class PairRules:
    """The rules of the pairs that are traded."""

    def __init__(self, trading_pairs: tuple[str, ...]) -> None:
        self.trading_pairs = trading_pairs
        self.rules: dict[str, TradingRule] = {}
        self._pair_of: dict[str, str] = {}
        #: Symbols on traditional finance, traded or not.
        self.on_traditional_finance: frozenset[str] = frozenset()

    @property
    def trades_traditional(self) -> bool:
        """Whether a pair on traditional finance is traded."""
        return not self.on_traditional_finance.isdisjoint(self._pair_of)

    def rule(self, trading_pair: str) -> TradingRule:
        """The rule of a pair that is traded. Raises `ArgumentFault` for any other."""
        rule = self.rules.get(trading_pair) if isinstance(trading_pair, str) else None
        if rule is None:
            traded = ", ".join(self.trading_pairs) or "none"
            raise ArgumentFault("trading_pair", trading_pair, "is not traded here", f"traded are: {traded}")
        return rule

    def take(self, instruments: Instruments) -> None:
        """Takes the exchange's list in. Raises `ConfigFault` when a pair that is traded is not on it."""
        for trading_pair in self.trading_pairs:
            rule = instruments.rule(trading_pair)
            self.rules[trading_pair] = rule
            self._pair_of[rule.symbol] = trading_pair
        self.on_traditional_finance = frozenset(instruments.on_traditional_finance)

    def add(self, trading_pair: str, instruments: Instruments) -> None:
        """Trades a further pair. Raises `ConfigFault` when it is not on the exchange's list."""
        rule = instruments.rule(trading_pair)
        self.trading_pairs = (*self.trading_pairs, trading_pair)
        self.rules[trading_pair] = rule
        self._pair_of[rule.symbol] = trading_pair
        self.on_traditional_finance = frozenset(instruments.on_traditional_finance)

    def remove(self, trading_pair: str) -> None:
        """Trades a pair no more; one that is not traded is no error."""
        self.trading_pairs = tuple(pair for pair in self.trading_pairs if pair != trading_pair)
        rule = self.rules.pop(trading_pair, None)
        if rule is not None:
            del self._pair_of[rule.symbol]

    def pair_of(self, symbol: str) -> str | None:
        """The pair of a symbol that is traded here, None for any other."""
        return self._pair_of.get(symbol)
