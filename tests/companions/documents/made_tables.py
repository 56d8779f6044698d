"""The tables of the documents that are made from the code: settings, options, exit codes, gates, faults, routes."""

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel
from typer.main import get_command

from connector.account import inferred
from connector.bot.commands.command_line import app
from connector.bot.exit_codes import MEANINGS
from connector.config.connector_settings import ConnectorSettings
from connector.config.schema_table import SettingRow, schema_rows
from connector.core import events
from connector.core.event_tags import MarketEvent
from connector.core.funding_info import DayStatistics, FundingInfo, FundingTerms, OpenInterest, SettledRate
from connector.core.interface import CancellationResult, GateStatus, OrderView, PublicTrade
from connector.core.order_candidate import PerpetualOrderCandidate
from connector.core.order_options import OrderOptions
from connector.core.position import Position
from connector.core.trade_fee import CommissionRate, TokenAmount, TradeFee
from connector.core.trading_rule import TradingRule
from connector.exchange.gates import WAITS_FOR
from connector.simulator.fault_injection.catalogue import FAULTS, Moment
from connector.simulator.rest.not_offered import NOT_OFFERED
from connector.simulator.rest.routes import ROUTES, Security, Weight
from connector.simulator.ws_api.methods import METHODS, SESSION_METHODS
from connector.strategies import avellaneda_perpetual, funding_spread, grid_perpetual
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.venue.domains import DOMAINS, Domain, host_of
from connector.venue.error_codes import RULES
from connector.venue.order_fields import ORDER_TYPES, TypeFields
from tests import test_architecture
from tests.companions.documents import shipped_examples, worked_ladder
from tests.companions.places import PACKAGE
from tests.companions.simulator.published_figures import PUBLISHED

#: When a fault strikes, in words.
MOMENTS = {
    Moment.BEFORE: "a request, before it is executed",
    Moment.AFTER: "a request, after it was executed",
    Moment.FRAME: "the next frames",
    Moment.AT_ONCE: "at once",
    Moment.FOR_A_WHILE: "for `ms`, or until it is disarmed",
    Moment.STANDING: "until it is disarmed",
}

#: What a strategy is handed by calls, and finds in events.
TYPES = (
    Position, OrderView, PublicTrade, TradeFee, TokenAmount, CommissionRate, TradingRule, CancellationResult,
    GateStatus, DayStatistics, OpenInterest, FundingInfo, FundingTerms, SettledRate, PerpetualOrderCandidate,
    OrderOptions,
)  # fmt: skip
_VALUES = {int: "N", float: "NUMBER", Path: "PATH"}


def made() -> dict[str, str]:
    """Every table by its name."""
    return {name: make() for name, make in _TABLES.items()} | {
        f"options-of-{name}": _options(name) for name in commands()
    }


def commands() -> dict[str, Any]:
    """The commands of `connector`, by name."""
    found: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
    return found


def table(titles: str, rows: Iterable[tuple[object, ...]]) -> str:
    """A table in Markdown; `titles` are separated by `|`."""
    names = titles.split("|")
    lines = [names, ["---"] * len(names), *(list(map(str, row)) for row in rows)]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _settings() -> str:
    rows = schema_rows(PerpetualMarketMakingSettings)
    return table("key|unit|bound|default|meaning", map(_setting, rows))


def _settings_of(model: type[BaseModel]) -> str:
    """The keys of a strategy beside those of our market making."""
    return table("key|unit|bound|default|meaning", map(_setting, schema_rows(model)))


def _connector_settings() -> str:
    return table("key|unit|bound|default|meaning", map(_setting, schema_rows(ConnectorSettings)))


def _setting(row: SettingRow) -> tuple[object, ...]:
    bound = " ".join(filter(None, (row.kind, row.bound))) or "any"
    default = "**required**" if row.default is None else (f"`{row.default}`" if row.default else "–")
    return f"`{row.key}`", row.unit or "–", bound, default, row.meaning


def _options(name: str) -> str:
    """Options and arguments as the command's own help tells them."""
    command = commands()[name]
    kinds = get_type_hints(inspect.unwrap(command.callback))
    rows = []
    for param in command.params:
        if param.param_type_name == "argument":
            rows.append((f"`{param.metavar or param.name.upper()}`", "**required**", param.help))
        elif param.name in kinds:
            value = "" if param.is_flag else f" {param.metavar or _value(kinds[param.name])}"
            default = "–" if param.default in (None, False) else f"`{param.default}`"
            rows.append((f"`{param.opts[0]}{value}`", default, param.help))
    return table("option|default|meaning", rows)


def _value(kind: Any) -> str:
    """What stands behind an option of that kind."""
    return next((word for each, word in _VALUES.items() if kind == each or each in get_args(kind)), "TEXT")


def _commands() -> str:
    """What each does, and its example, as its own help tells them."""
    rows = []
    for name, command in sorted(commands().items()):
        does, _, example = command.help.partition("For example: ")
        rows.append((f"`{name}`", " ".join(does.split()), f"`{example.strip()}`"))
    return table("command|what it does|example; with `--json` one object", rows)


def _exit_codes() -> str:
    return table("code|meaning", ((int(code), meaning) for code, meaning in MEANINGS.items()))


def _domains() -> str:
    return table("domain|what|hosts", ((f"`{row.name}`", row.title, _hosts(row)) for row in DOMAINS.values()))


def _hosts(row: Domain) -> str:
    hosts = [host_of(address) for address in (row.rest, row.stream, row.ws_api)]
    return "this machine" if row.is_local else " ".join(f"`{host}`" for host in hosts)


def _gates() -> str:
    return table("gate|waits for", ((f"`{gate}`", waits_for) for gate, waits_for in WAITS_FOR.items()))


def _faults() -> str:
    rows = (
        (f"`{name}`", row.about, MOMENTS[row.moment], " ".join(f"`{each}`" for each in row.takes) or "–")
        for name, row in FAULTS.items()
    )
    return table("fault|what happens|strikes|takes", rows)


def _error_codes() -> str:
    rows = ((code, rule.meaning, f"`{rule.fate}`", rule.remedy or "–") for code, rule in RULES.items())
    return table("code|means|fate|what follows", rows)


def _rest_routes() -> str:
    offered = sorted((path, method) for method, path in set(ROUTES) - NOT_OFFERED)
    routes = ((method, path, ROUTES[method, path]) for path, method in offered)
    asks = {Security.NONE: "nothing", Security.KEY: "a key", Security.SIGNED: "a signature"}
    rows = ((method, f"`{path}`", asks[route.security], _weight(route.weight)) for method, path, route in routes)
    return table("method|path|asks for|weight", rows)


def _weight(weight: Weight) -> str:
    """What a request costs: by rows wanted, by symbol, or always the same."""
    by_rows = {weight({"limit": str(limit)}) for limit in (5, 50, 99, 100, 499, 500, 1000, 1500)}
    if len(by_rows) > 1:
        return f"{min(by_rows)} to {max(by_rows)}, by `limit`"
    one, all_of_them = weight({"symbol": "BTCUSDT"}), weight({})
    return str(one) if one == all_of_them else f"{one} with `symbol`, {all_of_them} without"


def _published_figures() -> str:
    """Worked figures of the venue's pages beside what a running exchange told in the same situation."""
    rows = (
        (f"`{row.page[0]}`", row.page[1], row.what, row.figure, row.over_the_socket, "yes" if row.is_equal else "no")
        for row in PUBLISHED
    )
    return table("page|date|figure|published|over the socket|equal", rows)


def _worked_ladder() -> str:
    """What each order of one ladder costs by the ledger, and what the exchange has left after it."""
    titles = "order|price|margin|fee|available by the ledger|available at the exchange|equal"
    return table(titles, worked_ladder.rows())


def _shipped_examples() -> str:
    """What the shipped examples earned and lost on the recordings, in USDT."""
    return table(shipped_examples.TITLES, shipped_examples.rows())


def _inferred() -> str:
    """The numbered choices at the head of the file that makes them."""
    choices = re.findall(r"^(\d+)\. (.+(?:\n   .+)*)", inspect.getdoc(inferred) or "", re.MULTILINE)
    return table("no.|choice", ((number, " ".join(choice.split())) for number, choice in choices))


def _methods() -> str:
    rows = ((f"`{name}`", method.verb, f"`{method.path}`") for name, method in METHODS.items())
    return table("method|REST row|path", (*rows, *((f"`{name}`", "–", "–") for name in SESSION_METHODS)))


def _not_offered() -> str:
    return table("method|path", ((method, f"`{path}`") for method, path in sorted(NOT_OFFERED, key=lambda row: row[1])))


def _events() -> str:
    kinds = [kind for kind in vars(events).values() if inspect.isclass(kind) and isinstance(_tag(kind), MarketEvent)]
    by_tag = sorted(kinds, key=lambda kind: list(MarketEvent).index(_tag(kind)))
    rows = ((f"`{_tag(kind).name}`", _told(kind), _own_fields(kind)) for kind in by_tag)
    return table("`MarketEvent`|what it says|fields", rows)


def _tag(kind: Any) -> Any:
    return getattr(kind, "tag", None)


def _told(kind: type) -> str:
    """A class's docstring, and what is explained beside its fields."""
    beside = re.findall(r"((?: *#: .*\n)+) +(\w+):", inspect.getsource(kind))
    fields_told = (f"`{name}`: {' '.join(re.sub('#:', '', text).split())}" for text, name in beside)
    return " ".join([*(inspect.getdoc(kind) or "").split(), *fields_told])


def _own_fields(kind: Any) -> str:
    return " ".join(f"`{field.name}`" for field in fields(kind))


def _order_kinds() -> str:
    """What the venue takes, by order type."""
    rows = ((f"`{kind.name}`", f"`{row.type}`", _forces(row), _options_of(row)) for kind, row in ORDER_TYPES.items())
    return table("`OrderType`|at the exchange|`time_in_force`|further options", rows)


def _forces(row: TypeFields) -> str:
    """The usual one first."""
    usual = row.time_in_force
    rest = sorted(row.times_in_force - {usual}) if usual else ()
    return " ".join(f"`{force}`" for force in (usual, *rest) if force) or "–"


def _options_of(row: TypeFields) -> str:
    taken = {
        "price_match": row.takes_price_match,
        "trigger_price": row.takes_trigger_price,
        "callback_rate": row.takes_callback,
        "activation_price": row.takes_callback,
        "close_position": row.takes_close_position,
        "working_type": row.is_conditional,
        "price_protect": row.is_conditional,
        "self_trade_prevention": True,
    }
    return " ".join(f"`{name}`" for name, is_taken in taken.items() if is_taken)


def _types() -> str:
    """What a strategy is handed beside events."""
    return table("type|what it is|fields", ((f"`{kind.__name__}`", _told(kind), _all_fields(kind)) for kind in TYPES))


def _all_fields(kind: type) -> str:
    """Fields of a dataclass or a named tuple, and properties, those of a protocol among them."""
    of_class = [field.name for field in fields(kind)] if is_dataclass(kind) else getattr(kind, "_fields", ())
    properties = [name for name, value in vars(kind).items() if isinstance(value, property) and name[0] != "_"]
    return " ".join(f"`{name}`" for name in (*of_class, *properties))


def _names() -> str:
    """The package's public names, by the module that each comes from."""
    stub = (PACKAGE / "__init__.pyi").read_text()
    by_module: dict[str, list[str]] = {}
    for module, name in re.findall(r"^from \.(\S+) import (\w+)", stub, re.MULTILINE):
        by_module.setdefault(module, []).append(f"`{name}`")
    rows = ((f"`{module.replace('.', '/')}`", " ".join(names)) for module, names in by_module.items())
    return table("from|names of `connector`", rows)


def _floors() -> str:
    """What each room may import, lowest first."""
    may_import = test_architecture.MAY_IMPORT
    return table("room|may import", ((f"`{room}`", _named(below)) for room, below in may_import.items()))


def _named(rooms: set[str]) -> str:
    order = list(test_architecture.MAY_IMPORT)
    return " ".join(f"`{room}`" for room in sorted(rooms, key=order.index)) or "the standard library"


def _sub_rooms() -> str:
    rows = []
    for room, stages in test_architecture.SUB_ROOMS.items():
        for number, stage in enumerate(stages, 1):
            held = f"`{stage}/`" if isinstance(stage, str) else " ".join(f"`{name}`" for name in sorted(stage))
            rows.append((f"`{room}`" if number == 1 else "", number, held))
    return table("room|level|holds", rows)


_TABLES: dict[str, Callable[[], str]] = {
    "settings": _settings,
    "avellaneda-settings": partial(_settings_of, avellaneda_perpetual.Settings),
    "grid-settings": partial(_settings_of, grid_perpetual.Settings),
    "funding-spread-settings": partial(_settings_of, funding_spread.Settings),
    "connector-settings": _connector_settings,
    "commands": _commands,
    "exit-codes": _exit_codes,
    "domains": _domains,
    "gates": _gates,
    "faults": _faults,
    "error-codes": _error_codes,
    "published-figures": _published_figures,
    "shipped-examples": _shipped_examples,
    "worked-ladder": _worked_ladder,
    "inferred": _inferred,
    "rest-routes": _rest_routes,
    "ws-api-methods": _methods,
    "not-offered": _not_offered,
    "events": _events,
    "order-kinds": _order_kinds,
    "types": _types,
    "names": _names,
    "floors": _floors,
    "sub-rooms": _sub_rooms,
}
