"""The connector's own settings, apart from any strategy: `conf/connector.yml`. Every key may be left out."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from connector.config.cancel_on_disconnect import CancelOnDisconnect, cancel_on_disconnect
from connector.config.gathered_reads import gathered
from connector.config.loader import load_settings
from connector.config.risk_settings import RiskSettings

_PREFIX = re.compile(r"[A-Za-z0-9_-]{0,16}")
_TAG = re.compile(r"[A-Za-z0-9_]{0,8}")


def _setting(default: object, meaning: str, bound: str, unit: str = "") -> Any:
    return Field(default, description=meaning, json_schema_extra={"bound": bound, "unit": unit})


def _number(default: object, meaning: str, least: int, most: int, unit: str = "") -> Any:
    return Field(default, description=meaning, ge=least, le=most, json_schema_extra={"unit": unit})


def _refusal(rule: str, remedy: str, **context: str) -> PydanticCustomError:
    return PydanticCustomError("rule", "{rule}", {"rule": rule, "remedy": remedy, "value": "", **context})


def _prefix(text: str) -> str:
    if not _PREFIX.fullmatch(text):
        raise _refusal("must be at most 16 of A-Z a-z 0-9 _ -", "shorten it, or leave other characters out")
    return text


def _cancel_on_disconnect(value: object) -> CancelOnDisconnect:
    try:
        return cancel_on_disconnect(value)
    except ValueError as error:
        raise _refusal("must be off, 10 to 600 (s), or whole_symbol with or without them", str(error)) from error


def _gathered(every_ms: int) -> int:
    try:
        return gathered(every_ms)
    except ValueError as error:
        raise _refusal(str(error), "write 0") from error


class ConnectorSettings(RiskSettings):
    """One file's settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    journal_durability: Literal["each", "group", "none"] = _setting(
        "group",
        "when an order that is written down is on the disk for good: `each` before it leaves; `group` some 10 ms "
        "later, beside the trading; `none` when the system likes. A kill loses nothing in any of them, a power cut "
        "what was not on the disk",
        "each, group or none",
    )
    journal_database: str = _setting(
        "",
        "database into which orders, fills, payments and account lines are carried from the journal, beside the "
        "trading; empty: a SQLite file beside the journal; `none`: no database",
        "empty, none, sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME",
    )
    earlier_orders: Literal["cancel", "adopt"] = _setting(
        "cancel", "what a start does with open orders that an earlier run left", "cancel or adopt"
    )
    order_entry: Literal["ws_api", "rest"] = _setting(
        "ws_api",
        "by which interface orders, cancels and look-ups of single orders go: over two warm connections of the WS-API, "
        "one of them kept for cancels and closing orders, and by REST while those are not up; or by REST alone",
        "ws_api or rest",
    )
    order_mapper_type: Literal["own", "SEQUENCE", "COMPOSITE"] = _setting(
        "own",
        "form of client order ids: `own` (tag, start, count, time), `SEQUENCE` (prefix and number) or `COMPOSITE` "
        "(tag-number, without a prefix); the last two go on counting over restarts",
        "own, SEQUENCE or COMPOSITE",
    )
    client_order_id_prefix: Annotated[str, AfterValidator(_prefix)] = _setting(
        "",
        "marks this instance's orders; empty: a tag that is made up once and kept beside the journal. Each instance of "
        "an account has one of its own",
        "A-Z a-z 0-9 _, at most 8; of SEQUENCE also -, at most 16",
    )
    post_only_reprice_ticks: Annotated[int, Field(ge=0, le=100)] = _setting(
        3,
        "how many ticks worse than it was asked for a post-only order may be placed that would have taken; 0: it fails",
        "0 to 100",
        "ticks",
    )

    ember_orders: bool = _setting(
        False,
        "whether orders in the words of Ember are taken (`place_ember`): its `STOP` is the exchange's `STOP_MARKET`, "
        "its `STOP_LIMIT` the exchange's `STOP`",
        "true or false",
    )

    recv_window: int = _number(
        5_000,
        "how long after its timestamp the exchange takes a signed request; 0 leaves it to the exchange (5,000)",
        0,
        60_000,
        "ms",
    )
    self_trade_prevention_mode: Literal["EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH"] = _setting(
        "EXPIRE_MAKER",
        "which order the exchange ends where two of one account would trade with each other: the resting one, the "
        "incoming one or both; sent with every order",
        "EXPIRE_MAKER, EXPIRE_TAKER or EXPIRE_BOTH",
    )
    cancel_on_disconnect: Annotated[CancelOnDisconnect, BeforeValidator(_cancel_on_disconnect)] = _setting(
        CancelOnDisconnect(),
        "the exchange's own timer, called in while the connector is ready: when it runs out, the exchange cancels "
        "every regular order of each traded symbol, also of others (conditional ones stay). `off`; or so many seconds, "
        "which is refused where orders of others rest; `whole_symbol`, also with seconds, takes them along",
        "off, 10 to 600 (s), whole_symbol or whole_symbol with 10 to 600",
    )
    check_budget: bool = _setting(
        True,
        "whether an order that opens is refused before it is sent where the exchange would find too little margin for "
        "it, with the figures and the amount that would pass; off: the exchange answers",
        "true or false",
    )
    reserve_fees: bool = _setting(
        True,
        "whether the budget keeps back the fee of what would open, beside its margin; the exchange reserves none, and "
        "books it at the fill",
        "true or false",
    )
    on_foreign_mode_change: Literal["follow", "stop"] = _setting(
        "follow",
        "what follows when another hand changes the account's position mode, told in either case: `follow` goes on, "
        "with orders in the words of that mode; `stop` lets none leave that opens until the mode is changed back",
        "follow or stop",
    )
    on_stop: Literal["keep", "close"] = _setting(
        "keep",
        "what the end of a run does with an open position: `keep` tells it; `close` closes it at the market, and a run "
        "whose position remains ends with exit code 10",
        "keep or close",
    )
    openings_file: str = _setting(
        "",
        "while a file of this name is there, no order leaves that opens a position; closing orders and cancels go on. "
        "A name without a folder lies in the home's `data/`; empty: `data/no-openings`",
        "a path",
    )
    websocket_heartbeat_interval: int = _number(
        1_800, "the key of the user stream, which lives for an hour, is extended about so often", 60, 3_300, "s"
    )
    stale_websocket_timeout: Decimal = _number(
        Decimal(5),
        "so long the user stream may owe what is known to have happened (an answer, a fill, a cancel), before it is "
        "replaced, and all is asked for",
        1,
        60,
        "s",
    )
    orders_request_size_limit: int = _number(200, "orders in one answer of the order history", 1, 1_000)
    trades_request_size_limit: int = _number(100, "trades in one answer of the account's trades", 1, 1_000)
    rate_limit_share: Decimal = _number(
        Decimal(100), "the part of each rate limit that this connector uses at most", 1, 100, "%"
    )
    depth_speed: Literal["0ms", "100ms", "250ms", "500ms"] = _setting(
        "100ms", "how often the exchange tells changes of a book; `0ms`: as they happen", "0ms, 100ms, 250ms or 500ms"
    )
    book_ticker: bool = _setting(
        True,
        "whether the best prices are also heard from the ticker, which tells them ahead of depth; off: from depth "
        "alone, which saves the ticker's frames and makes a best price older by up to `depth_speed`",
        "true or false",
    )
    read_every_ms: Annotated[int, AfterValidator(_gathered)] = _number(
        0,
        "so long frames of the market are gathered and then read together, which saves processor time and makes a "
        "frame older by as much; 0: each is read at once. Orders, their answers and the user stream are never held "
        "back; refused where the system has no SO_RCVLOWAT",
        0,
        250,
        "ms",
    )

    @model_validator(mode="after")
    def _marks_by_its_form(self) -> Self:
        if self.order_mapper_type != "SEQUENCE" and not _TAG.fullmatch(self.client_order_id_prefix):
            rule = f"must be at most 8 of A-Z a-z 0-9 _ where ids are {self.order_mapper_type}"
            raise _refusal(rule, "shorten it", key="client_order_id_prefix", value=self.client_order_id_prefix)
        return self


def connector_settings(path: Path, *, must_exist: bool) -> ConnectorSettings:
    """The settings of a file; the defaults where none is there and none has to be. Raises `ConfigFault`."""
    if not must_exist and not path.exists():
        return ConnectorSettings()
    return load_settings(path, ConnectorSettings)
