"""The journal of one bot: where it lies, and the tag that lasts over its runs.

data/binance_perpetual/3f9ac01b22de/        an account, by its key's fingerprint
    tag                                     made up once
    history.sqlite                          orders, fills, payments, account lines
    b1a2b3/                                 an instance: its lock and its log
"""

import contextlib
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy.engine import Engine

from connector.config.connector_settings import ConnectorSettings
from connector.core.faults import ConfigFault, InstanceFault, failure_text
from connector.exchange.instance import EarlierOrders, Instance
from connector.net.sign import Signer, key_fingerprint
from connector.orders.client_order_ids import OrderMapper, is_ours, is_tag
from connector.store.durability import Durability
from connector.store.file_journal import FileJournal
from connector.store.history import History, opened
from connector.store.indexer import Indexer, LoopIndexing, ThreadIndexing, indexing
from connector.store.instance_lock import InstanceLock
from connector.venue.domains import Domain

_TAG: Final = "tag"
_HISTORY: Final = "history.sqlite"
_NO_OPENINGS: Final = "no-openings"
_NO_DATABASE: Final = "none"
#: A local exchange makes up a key at each start: what is left of those that are gone is kept this long.
_STALE_S: Final = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where a bot keeps what must outlive it, and how."""

    #: Of the home.
    data: Path
    settings: ConnectorSettings = field(default_factory=ConnectorSettings)
    #: The log is synced on the event loop: for loops of virtual time.
    in_loop: bool = False
    #: So long a lock that is held is waited for: who reads the history after a crash has it for a moment.
    lock_wait_s: float = 5.0
    #: Where the limits lie that all processes keep together; None: this one counts alone.
    limits: Path | None = None

    @property
    def settings_in_place(self) -> ConnectorSettings:
        """The settings, with the file that shuts the openings named in full."""
        name = Path(self.settings.openings_file or _NO_OPENINGS)
        path = self.data / name if name.parent == Path() else name
        return self.settings.model_copy(update={"openings_file": str(path.absolute())})


@dataclass(slots=True)
class KeptInstance:
    """An instance and its journal, which has begun nothing yet."""

    instance: Instance
    journal: FileJournal
    account_folder: Path
    #: None where nothing is carried into a database.
    history: History | None
    in_loop: bool
    _indexing: ThreadIndexing | LoopIndexing | None = None

    def begin(self, now_ms: int) -> None:
        """A new life begins, once the connector is assembled; from now on the journal is carried into the database.
        Raises `ConfigFault` for a disk that does not take it."""
        self.journal.begin(now_ms)
        if self.history is not None:
            self._indexing = indexing(Indexer(self.history, self.journal.log), in_loop=self.in_loop)

    def end(self, now_ms: int) -> str:
        """Writes and carries what is left, and gives the tag free. Returns what could not be written, in words."""
        left = self.journal.end(now_ms)
        if self._indexing is not None:
            self._indexing.stop()
        return left

    def forget(self) -> None:
        """Removes the journal, once it has ended: its exchange is gone for good. What was carried into a database stays
        for whoever asks afterwards, as long as what is left of a local exchange is kept."""
        shutil.rmtree(self.journal.folder if self.history else self.account_folder, ignore_errors=True)


def kept_instance(keeping: Keeping, domain: Domain, signer: Signer) -> KeptInstance:
    """Opens the instance's journal. Raises `InstanceFault` while another has it, `ConfigFault` for a disk that does
    not take it."""
    settings = keeping.settings
    domain_folder = keeping.data / domain.name
    folder = domain_folder / key_fingerprint(signer)
    if domain.is_local:
        _forget_stale(domain_folder, folder)
    lasting = _lasting_tag(folder)
    mark = settings.client_order_id_prefix or lasting
    durability = Durability(settings.journal_durability)
    history_engine = _engine(settings.journal_database, folder)
    journal = FileJournal(folder / mark, mark, durability, in_loop=keeping.in_loop, lock_wait_s=keeping.lock_wait_s)
    instance = Instance(
        tag=mark if is_tag(mark) else lasting,
        journal=journal,
        records=journal.take_earlier(),
        earlier_orders=EarlierOrders(settings.earlier_orders),
        mapper=OrderMapper(settings.order_mapper_type),
        prefix=settings.client_order_id_prefix,
        limits=folder / mark,
    )
    name = f"{domain.name}/{folder.name}/{mark}"
    history = History(history_engine, journal.folder, name) if history_engine else None
    if history is not None:
        journal.log.keep_from(0)  # what an earlier life did not carry any more is carried first
    return KeptInstance(instance, journal, folder, history, keeping.in_loop)


def own_orders(keeping: Keeping, domain: Domain, signer: Signer) -> Callable[[str], bool]:
    """What tells orders of this instance's earlier runs by their ids, as far as these do. Nothing is written."""
    settings = keeping.settings
    if OrderMapper(settings.order_mapper_type) is not OrderMapper.OWN:
        return lambda client_order_id: False
    tag = settings.client_order_id_prefix
    with contextlib.suppress(OSError):
        file = keeping.data / domain.name / key_fingerprint(signer) / _TAG
        tag = tag or file.read_text(encoding="utf-8").strip()
    return lambda client_order_id: bool(tag) and is_ours(client_order_id, tag)


def _engine(url: str, folder: Path) -> Engine | None:
    """The history's database, which is not connected to yet. Raises `ConfigFault`."""
    if url == _NO_DATABASE:
        return None
    return opened(url or f"sqlite:///{(folder / _HISTORY).absolute()}")


def _lasting_tag(folder: Path) -> str:
    """The tag that was made up once for this account. Raises `ConfigFault` where it can't be kept."""
    path = folder / _TAG
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError), path.open("x", encoding="utf-8") as file:
            file.write(f"b{secrets.token_hex(3)}\n")
        tag = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        reason = failure_text(error)
        raise ConfigFault("--home", path, f"can't be used: {reason}", "choose another folder by --home") from error
    if not is_tag(tag):
        raise ConfigFault("tag", path, "holds no tag", "remove the file, and one is made up again")
    return tag


def _forget_stale(domain_folder: Path, own: Path) -> None:
    """Removes journals of local exchanges that are long gone, and that nobody holds."""
    for folder in domain_folder.glob("*/"):
        try:
            if folder == own or time.time() - folder.stat().st_mtime < _STALE_S:
                continue
            for instance in folder.glob("*/"):
                InstanceLock(instance, instance.name).release()
        except (InstanceFault, OSError):
            continue
        shutil.rmtree(folder, ignore_errors=True)
