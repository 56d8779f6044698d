"""What the exchange lists: trading rules by pair, and the pair of a symbol.

The same mapping is handed to everyone who needs a rule, so that a refreshed rule is everybody's at once. A pair keeps
its symbol while it is traded: books and streams are that symbol's.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace

from connector.core.faults import ArgumentFault, UnreadableFault
from connector.core.trading_rule import TradingRule
from connector.wire.instruments import Instruments

_LOG = logging.getLogger(__name__)
NOT_LISTED = "NOT_LISTED"


class PairRules:
    """The rules of the pairs that are traded."""

    def __init__(self, trading_pairs: tuple[str, ...]) -> None:
        self.trading_pairs = trading_pairs
        self.rules: dict[str, TradingRule] = {}
        self._pair_of: dict[str, str] = {}
        #: Symbols on traditional finance, traded or not.
        self.on_traditional_finance: frozenset[str] = frozenset()
        #: Rows that were left out, as they were last told.
        self._left_out: Mapping[str, str] = {}

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
        """Takes the exchange's list in. Raises `ConfigFault` when a pair that is traded is not on it, `UnreadableFault`
        when its row is none to trade by."""
        for trading_pair in self.trading_pairs:
            self._set(trading_pair, instruments.rule(trading_pair))
        self._take_rest(instruments)

    def refresh(self, instruments: Instruments) -> None:
        """Takes the list in anew. A pair that vanished from it trades no more, one whose row can't be read keeps its
        rule, and neither keeps another from its own. Raises `UnreadableFault` for a list of nothing."""
        if not instruments.by_symbol:
            raise UnreadableFault("exchangeInfo", "it lists no perpetual contract")
        for trading_pair in self.trading_pairs:
            known = self.rules[trading_pair]
            listed = instruments.by_symbol.get(known.symbol)
            if listed is not None and listed.trading_pair == trading_pair:
                self._set(trading_pair, listed)
            elif trading_pair not in instruments.unusable:
                self._set(trading_pair, replace(known, is_trading=False, status=NOT_LISTED))
        self._take_rest(instruments)

    def add(self, trading_pair: str, instruments: Instruments) -> None:
        """Trades a further pair. Raises `ConfigFault` when it is not on the exchange's list."""
        rule = instruments.rule(trading_pair)
        self.trading_pairs = (*self.trading_pairs, trading_pair)
        self._set(trading_pair, rule)
        self.on_traditional_finance = frozenset(instruments.on_traditional_finance)

    def put(self, rule: TradingRule) -> None:
        """Another rule of a pair that is traded, told apart from the list."""
        self._set(rule.trading_pair, rule)

    def remove(self, trading_pair: str) -> None:
        """Trades a pair no more; one that is not traded is no error."""
        self.trading_pairs = tuple(pair for pair in self.trading_pairs if pair != trading_pair)
        rule = self.rules.pop(trading_pair, None)
        if rule is not None:
            del self._pair_of[rule.symbol]

    def symbols(self) -> set[str]:
        """Of the pairs that are traded now."""
        return set(self._pair_of)

    def pair_of(self, symbol: str) -> str | None:
        """The pair of a symbol that is traded here, None for any other."""
        return self._pair_of.get(symbol)

    def _set(self, trading_pair: str, rule: TradingRule) -> None:
        self.rules[trading_pair] = rule
        self._pair_of[rule.symbol] = trading_pair

    def _take_rest(self, instruments: Instruments) -> None:
        """What the list tells beside rules. Rows that are left out are told once, and again when they change."""
        self.on_traditional_finance = frozenset(instruments.on_traditional_finance)
        unusable = instruments.unusable
        for trading_pair, why in unusable.items():
            if self._left_out.get(trading_pair) != why:
                _LOG.warning("the exchange's row of %s is left out: %s", trading_pair or "an unnamed pair", why)
        self._left_out = dict(unusable)
