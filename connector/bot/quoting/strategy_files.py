"""`connector strategy new`: a strategy of one's own, as files in the home that work as they are written."""

from pathlib import Path
from typing import Final

from connector.bot.home import Home
from connector.bot.quoting.strategy_modules import NAME, OURS
from connector.core.faults import ConfigFault
from connector.strategies.perpetual_market_making_settings import STRATEGY

STRATEGY_TEXT: Final = '''\
"""@NAME@: a buy and a sell, each `spread` away from the mid price; yours to change.

A view comes in, and the orders that should be there go out. docs/strategies.md tells what a view holds.
"""

from decimal import Decimal
from typing import Annotated

from annotated_types import Gt, Lt

from connector.core.enums import TradeType
from connector.strategies.ladder import Quote
from connector.strategies.resting import on_grid, toward
from connector.strategies.setting_kinds import FRACTION, setting
from connector.strategies.strategy_settings import StrategySettings


class Settings(StrategySettings):
    """The keys of the settings file, beside those that every strategy has."""

    spread: Annotated[Decimal, Gt(0), Lt(100), FRACTION] = setting(
        Decimal("0.1"), "distance of buy and sell from the mid price", "%"
    )
    tolerance: Annotated[Decimal, Gt(0), Lt(100), FRACTION] = setting(
        Decimal("0.02"), "a quote that is off by no more than this stays", "%"
    )
    maximum_position: Annotated[Decimal, Gt(0)] = setting(
        Decimal("0.01"), "a side that would bring the position beyond it is not quoted", "base"
    )


def begin(settings):
    """What is remembered from one look to the next."""
    return None


def first_quotes(settings, reference):
    """What would be quoted at that price: checked when a run starts."""
    for side in TradeType:
        yield Quote("order_amount", side, reference * (1 - side.sign * settings.spread), settings.order_amount)


def decide(settings, state, view):
    """What is asked for at this moment, and what is remembered."""
    if view.mid_price is None:
        return (), state
    wanted = [
        on_grid(view, quote)
        for quote in first_quotes(settings, view.mid_price)
        if quote.trade_type.sign * view.net_amount + settings.order_amount <= settings.maximum_position
    ]
    return toward(view, wanted, settings.tolerance), state
'''

TEST_TEXT: Final = '''\
"""What @NAME@ asks for at one moment of a market. Run it by: python -m pytest @FILE@"""

import importlib.util
from decimal import Decimal
from pathlib import Path

from connector.core.enums import TradeType
from connector.core.trading_rule import TradingRule
from connector.strategies.view import HeldPosition, MarketView

_FILE = Path(__file__).with_name("@NAME@.py")
_SPEC = importlib.util.spec_from_file_location("@NAME@", _FILE)
strategy = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(strategy)

RULE = TradingRule(
    trading_pair="BTC-USDT",
    symbol="BTCUSDT",
    base_asset="BTC",
    quote_asset="USDT",
    margin_asset="USDT",
    is_trading=True,
    status="TRADING",
    contract_size=Decimal(1),
    tick_size=Decimal("0.1"),
    min_price=Decimal("556.8"),
    max_price=Decimal(4529764),
    step_size=Decimal("0.001"),
    min_amount=Decimal("0.001"),
    max_amount=Decimal(1000),
    market_step_size=Decimal("0.001"),
    min_market_amount=Decimal("0.001"),
    max_market_amount=Decimal(120),
    min_notional=Decimal(50),
    price_band_up=Decimal("1.05"),
    price_band_down=Decimal("0.95"),
    max_orders=200,
)
SETTINGS = strategy.Settings.model_validate(
    {"strategy": "@NAME@", "market": "BTC-USDT", "leverage": 5, "order_amount": "0.002"}
)


def moment(**facts):
    known = {"best_bid": Decimal("59999.9"), "best_ask": Decimal("60000.1"), **facts}
    return MarketView(now_ms=0, ready=True, rule=RULE, **known)


def asked(view):
    intents, _ = strategy.decide(SETTINGS, strategy.begin(SETTINGS), view)
    return [(intent.trade_type, intent.price) for intent in intents]


def test_it_quotes_both_sides_of_the_mid_price():
    assert asked(moment()) == [(TradeType.BUY, Decimal(59940)), (TradeType.SELL, Decimal(60060))]


def test_it_enlarges_no_position_beyond_its_bound():
    held = HeldPosition(SETTINGS.maximum_position, Decimal(60000))
    assert [side for side, _ in asked(moment(positions=(held,)))] == [TradeType.SELL]


def test_it_asks_for_nothing_without_a_market():
    assert asked(moment(best_bid=None)) == []
'''

SETTINGS_TEXT: Final = """\
# connector run --config @SETTINGS@
strategy: @NAME@
domain: binance_perpetual_local
market: BTC-USDT
leverage: 5
order_amount: 0.002
spread: 0.1
tolerance: 0.02
maximum_position: 0.01
"""


def write_strategy(home: Home, name: str) -> tuple[Path, ...]:
    """Writes strategy, test and settings of that name into the home, and returns their paths. Raises `ConfigFault` for
    a name that can be none, and where one of the files is there already: then none is written."""
    if not NAME.fullmatch(name):
        raise ConfigFault("strategy new", name, "is no name of a strategy", "small letters, digits and _, such as mine")
    if name in (STRATEGY, *OURS):
        raise ConfigFault("strategy new", name, "is one of ours", "give yours another name")
    folder = home.strategies
    files = {
        folder / f"{name}.py": STRATEGY_TEXT,
        folder / f"test_{name}.py": TEST_TEXT,
        home.conf / f"{name}.yml": SETTINGS_TEXT,
    }
    for path in files:
        if path.exists():
            raise ConfigFault("strategy new", path, "exists already", "edit it, or give another name")
    test, settings = (str(path) for path in list(files)[1:])
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            whole = text.replace("@NAME@", name).replace("@FILE@", test).replace("@SETTINGS@", settings)
            path.write_text(whole, encoding="utf-8")
    except OSError as error:
        why = f"cannot be written: {error.strerror or error}"
        raise ConfigFault("strategy new", path, why, "choose another folder by --home") from error
    return tuple(files)
