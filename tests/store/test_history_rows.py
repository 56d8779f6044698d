"""The history, read again: exact, by time and pair, a fill with what its order knew."""

from pathlib import Path

from sqlalchemy.engine import Engine

from connector.store.durability import Durability
from connector.store.history import History, opened
from connector.store.history_rows import HistoryKind, HistoryRange, history_rows
from connector.store.write_ahead_log import WriteAheadLog
from tests.companions.store.samples import changed, filled, intended


def carried(folder: Path) -> Engine:
    engine = opened(f"sqlite:///{folder / 'history.sqlite'}")
    log = WriteAheadLog(folder, Durability.NONE)
    for record in (intended(), changed(), filled()):
        log.append(record)
    log.close()
    History(engine, folder, "domain/account/tag").carry_all()
    return engine


def test_a_fill_has_the_pair_and_side_of_its_order_and_every_digit(tmp_path: Path) -> None:
    (fill,) = history_rows(carried(tmp_path), HistoryKind.FILLS, HistoryRange())
    told, order = filled(), intended()
    assert (fill["trading_pair"], fill["trade_type"]) == (order.trading_pair, order.trade_type.name)
    assert (fill["price"], fill["amount"], fill["fee_amount"]) == (told.price, told.amount, told.fee_amount)


def test_rows_are_chosen_by_time_pair_and_instance(tmp_path: Path) -> None:
    engine, at_ms, pair = carried(tmp_path), filled().time_ms, intended().trading_pair

    def count(**wanted: object) -> int:
        return len(history_rows(engine, HistoryKind.FILLS, HistoryRange(**wanted)))  # type: ignore[arg-type]

    assert count(since_ms=at_ms, until_ms=at_ms + 1, pair=pair, instance="tag") == 1
    assert count(since_ms=at_ms + 1) == count(until_ms=at_ms) == count(pair="NO-PAIR") == count(instance="other") == 0


def test_an_empty_history_has_no_rows_of_any_kind(tmp_path: Path) -> None:
    engine = opened(f"sqlite:///{tmp_path / 'history.sqlite'}")
    assert [history_rows(engine, kind, HistoryRange()) for kind in HistoryKind] == [[], [], []]
