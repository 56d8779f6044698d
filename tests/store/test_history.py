"""The history: what the log says, in a database, each row once."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from connector.core.enums import OrderState
from connector.core.faults import ConfigFault
from connector.core.journal import FundingPaid, Record, WalletChanged
from connector.store.durability import Durability
from connector.store.history import History, opened
from connector.store.record_lines import line_of
from connector.store.segments import segment_path
from connector.store.tables import ACCOUNT_LINES, FILLS, ORDERS, PAYMENTS
from connector.store.write_ahead_log import WriteAheadLog
from tests.companions.store.samples import NUMBERS, changed, filled, intended

PRICE = Decimal("0.000000012345678901234567")


@pytest.fixture
def instance(tmp_path: Path) -> str:
    """A server is shared by many tests: each writes as an instance of its own."""
    return tmp_path.name


def rows(engine: Engine, table: object, instance: str) -> list[dict[str, object]]:
    with engine.connect() as connection:
        found = connection.execute(select(table).where(table.c.instance == instance))  # type: ignore[attr-defined, call-overload]
        return [dict(row) for row in found.mappings()]


def log_with(folder: Path, *records: Record) -> WriteAheadLog:
    folder.mkdir(exist_ok=True)
    log = WriteAheadLog(folder, Durability.NONE)
    for record in records:
        log.append(record)
    return log


def test_orders_fills_payments_and_lines_are_carried_to_the_last_digit(tmp_path: Path, url: str, instance: str) -> None:
    paid = FundingPaid("BTCUSDT", "USDT", Decimal("-0.0420168900"), 5, "77", False, Decimal("0.002"), 3_600_000)
    line = WalletChanged("ORDER", "USDT", Decimal("9999.97599596"), Decimal(0), 6)
    log = log_with(tmp_path / "log", intended(), changed(price=PRICE), filled("1"), paid, line)
    engine = opened(url)
    assert History(engine, tmp_path / "log", instance).carry_all() == 5
    (order,) = rows(engine, ORDERS, instance)
    assert (order["state"], order["price"], order["trade_type"]) == ("OPEN", PRICE, "BUY")
    (fill,) = rows(engine, FILLS, instance)
    assert (fill["fee_amount"], fill["is_maker"], fill["time_ms"]) == (Decimal("0.02"), True, 3_000)
    (payment,) = rows(engine, PAYMENTS, instance)
    assert (payment["amount"], payment["rate"]) == (Decimal("-0.0420168900"), Decimal("0.002"))
    assert (payment["income_id"], payment["interval_ms"], payment["is_special"]) == ("77", 3_600_000, False)
    assert rows(engine, ACCOUNT_LINES, instance)[0]["wallet"] == Decimal("9999.97599596")
    log.close()
    engine.dispose()


def test_what_comes_later_is_carried_from_where_it_stood_whoever_carries(
    tmp_path: Path, url: str, instance: str
) -> None:
    line = WalletChanged("ORDER", "USDT", Decimal(1), Decimal(0), 6)
    log = log_with(tmp_path / "log", intended(), line)
    engine = opened(url)
    first = History(engine, tmp_path / "log", instance)
    assert (first.carry_all(), first.carry_all()) == (2, 0)
    log.append(changed(state=OrderState.FILLED))
    log.append(line)
    assert History(engine, tmp_path / "log", instance).carry_all() == 2
    assert [row["state"] for row in rows(engine, ORDERS, instance)] == ["FILLED"]
    assert len(rows(engine, ACCOUNT_LINES, instance)) == 2
    log.close()
    engine.dispose()


def test_what_a_new_file_restates_is_not_carried_twice(tmp_path: Path, url: str, instance: str) -> None:
    log = log_with(tmp_path / "log", intended(), filled("1"), changed())
    log.restate_by(lambda: (intended(), filled("1"), changed()))
    engine = opened(url)
    history = History(engine, tmp_path / "log", instance)
    history.carry_all()
    log.begin_segment()
    log.append(filled("2"))
    history.carry_all()
    assert len(rows(engine, FILLS, instance)) == 2
    assert [row["state"] for row in rows(engine, ORDERS, instance)] == ["OPEN"]
    log.close()
    engine.dispose()


def test_half_a_line_is_carried_when_it_is_whole(tmp_path: Path, url: str, instance: str) -> None:
    path = segment_path(tmp_path, 1)
    whole = line_of(intended("a")) + line_of(intended("b"))
    path.write_bytes(whole[:-10])
    engine = opened(url)
    history = History(engine, tmp_path, instance)
    assert history.carry_all() == 1
    path.write_bytes(whole)
    assert history.carry_all() == 1
    assert {row["client_order_id"] for row in rows(engine, ORDERS, instance)} == {"a", "b"}
    engine.dispose()


def test_two_instances_share_a_database_and_no_row(tmp_path: Path, url: str, instance: str) -> None:
    engine = opened(url)
    for name in ("one", "other"):
        log = log_with(tmp_path / name, intended(), filled("1"))
        History(engine, tmp_path / name, f"{instance}-{name}").carry_all()
        log.close()
    with engine.connect() as connection:
        mine = FILLS.c.instance.startswith(instance)
        assert connection.execute(select(func.count()).select_from(FILLS).where(mine)).scalar() == 2
    engine.dispose()


@settings(max_examples=40, deadline=None)  # a database each
@given(NUMBERS)
def test_an_amount_comes_back_from_sqlite_as_it_was(tmp_path_factory: pytest.TempPathFactory, amount: Decimal) -> None:
    folder = tmp_path_factory.mktemp("exact")
    log = log_with(folder, intended(), changed(amount=amount))
    engine = opened("sqlite://")
    History(engine, folder, "x").carry_all()
    assert rows(engine, ORDERS, "x")[0]["amount"] == amount
    log.close()
    engine.dispose()


@pytest.mark.parametrize(
    ("address", "told"),
    [("history.sqlite", "is no database's address"), ("mysql+pymysql://u:secret@h/d", ""), ("oracle://h", "")],
)
def test_another_kind_of_database_is_refused_and_its_password_not_shown(address: str, told: str) -> None:
    with pytest.raises(ConfigFault) as refused:
        opened(address)
    assert told in str(refused.value)
    assert "secret" not in str(refused.value)
    assert str(refused.value).startswith("journal_database: ")
