"""The connector's own settings, apart from any strategy: `conf/connector.yml`. Every key may be left out."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from connector.config.loader import load_settings

_PREFIX = re.compile(r"[A-Za-z0-9_-]{0,16}")
_TAG = re.compile(r"[A-Za-z0-9_]{0,8}")


def _setting(default: object, meaning: str, bound: str) -> Any:
    return Field(default, description=meaning, json_schema_extra={"bound": bound})


def _refusal(rule: str, remedy: str, **context: str) -> PydanticCustomError:
    return PydanticCustomError("rule", "{rule}", {"rule": rule, "remedy": remedy, "value": "", **context})


def _prefix(text: str) -> str:
    if not _PREFIX.fullmatch(text):
        raise _refusal("must be at most 16 of A-Z a-z 0-9 _ -", "shorten it, or leave other characters out")
    return text


class ConnectorSettings(BaseModel):
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
