"""Messages about a run: what is chosen, gathered and masked; what goes wrong with sending harms nobody."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from connector.bot.notify.kinds import USUAL, Kind
from connector.bot.notify.notifier import Notifier
from connector.bot.notify.sender_process import Outcome, SenderProcess
from connector.bot.report.accounting import Accounting
from connector.bot.report.status_source import StatusSource
from connector.core.connection_events import FeedLostEvent, OrdersPausedEvent
from connector.core.secrets import Secret
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.local_trading import PAIR, until
from tests.companions.virtual_time import loop_clock

pytestmark = pytest.mark.virtual_time


@dataclass
class ScriptedSender(SenderProcess):
    """Answers as it is told: what keeps a message from being sent, empty where it goes; hangs where `hangs`."""

    troubles: list[str] = field(default_factory=list)
    refused: tuple[int, ...] = ()
    hangs: bool = False
    sent: list[str] = field(default_factory=list)
    tried_ms: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(Path("nowhere"))

    async def send(self, title: str, body: str) -> Outcome:
        self.tried_ms.append(loop_clock().monotonic_ms())
        if self.hangs:
            await asyncio.sleep(3600)
        trouble = self.troubles.pop(0) if self.troubles else ""
        if not trouble:
            self.sent.append(body)
        return Outcome(trouble, () if trouble else self.refused)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def sender() -> ScriptedSender:
    return ScriptedSender()


@pytest.fixture
async def notifier(sender: ScriptedSender, said: list[str]) -> AsyncIterator[Notifier]:
    made = Notifier(sender, USUAL, loop_clock(), said.append)
    async with made.sending():
        yield made


async def test_what_comes_together_is_one_message(notifier: Notifier, sender: ScriptedSender) -> None:
    for line in ("lost: the book", "lost: funding", "lost: the book"):
        notifier.tell(Kind.LOST, line)
    await until(lambda: bool(sender.sent), "a message")
    (body,) = sender.sent
    assert [line.split(" UTC ")[1] for line in body.splitlines()] == ["lost: the book (2 times)", "lost: funding"]


async def test_what_is_not_wanted_is_not_sent(notifier: Notifier, sender: ScriptedSender) -> None:
    notifier.tell(Kind.FILL, "bought 1")
    notifier.tell(Kind.BAN, "the exchange wants silence")
    await until(lambda: bool(sender.sent), "a message")
    assert "bought" not in sender.sent[0]


async def test_an_event_of_the_exchange_comes_as_its_line(
    connector: PerpetualDerivative, notifier: Notifier, sender: ScriptedSender
) -> None:
    notifier.watch(StatusSource(connector, Accounting(PAIR), PAIR))
    connector.components.bus.publish([FeedLostEvent(1.0, "order_books_initialized", "silent for 5 s")])
    await until(lambda: bool(sender.sent), "a message")
    assert f"trading {PAIR} on {connector.domain} begins" in sender.sent[0]
    assert "lost: order books initialized (silent for 5 s)" in sender.sent[0]


async def test_only_events_of_wanted_kinds_are_listened_to(
    connector: PerpetualDerivative, sender: ScriptedSender, said: list[str]
) -> None:
    before = {tag: len(hearers) for tag, hearers in connector.components.bus.hearers.items()}
    Notifier(sender, frozenset({Kind.BAN}), loop_clock(), said.append).watch(
        StatusSource(connector, Accounting(PAIR), PAIR)
    )
    after = connector.components.bus.hearers
    more = {tag.name for tag, hearers in after.items() if len(hearers) > before.get(tag, 0)}
    assert more == {"FeedLost", "FeedRestored", "OrdersPaused"}


async def test_a_secret_in_a_reason_is_masked(notifier: Notifier, sender: ScriptedSender) -> None:
    secret = Secret("a-secret-that-lives")
    notifier.tell(Kind.BAN, f"refused: {secret.reveal()}, signature={'ab' * 32}")
    await until(lambda: bool(sender.sent), "a message")
    assert "refused: ***, signature=***" in sender.sent[0]


async def test_a_failure_is_told_once_and_nothing_is_lost_meanwhile(
    notifier: Notifier, sender: ScriptedSender, said: list[str]
) -> None:
    sender.troubles = ["no answer", "no answer", "no answer"]
    notifier.tell(Kind.LOST, "the first")
    await until(lambda: len(sender.tried_ms) == 2, "a second try", 120)
    notifier.tell(Kind.LOST, "the second")
    await until(lambda: bool(sender.sent), "a message", 600)
    assert [line.split(" UTC ")[1] for line in sender.sent[0].splitlines()] == ["the first", "the second"]
    assert said == ["messages can't be sent: no answer; tried again beside the trading", "messages go again"]
    pauses = [later - sooner for sooner, later in zip(sender.tried_ms, sender.tried_ms[1:], strict=False)]
    assert pauses[0] >= 30_000 and pauses[1] >= 60_000, pauses


async def test_what_one_address_took_is_never_sent_again_and_the_one_that_refuses_is_told_once(
    notifier: Notifier, sender: ScriptedSender, said: list[str]
) -> None:
    sender.refused = (2,)
    notifier.tell(Kind.LOST, "the first")
    await until(lambda: len(sender.sent) == 1, "a message")
    notifier.tell(Kind.LOST, "the second")
    await until(lambda: len(sender.sent) == 2, "a message")
    sender.refused = ()
    notifier.tell(Kind.LOST, "the third")
    await until(lambda: len(sender.sent) == 3, "a message")
    assert [body.split(" UTC ")[1] for body in sender.sent] == ["the first", "the second", "the third"]
    assert said == ["line 2 of nowhere refuses messages, or is not reached", "line 2 of nowhere takes messages again"]


async def test_a_storm_of_events_is_a_few_messages(notifier: Notifier, sender: ScriptedSender) -> None:
    for number in range(600):
        notifier.tell(Kind.LOST, f"lost {number}")
        await asyncio.sleep(1.0)
    assert 5 <= len(sender.sent) <= 5 + 10


async def test_a_service_that_hangs_holds_up_nobody(sender: ScriptedSender, said: list[str]) -> None:
    sender.hangs = True
    notifier = Notifier(sender, USUAL, loop_clock(), said.append)
    loop = asyncio.get_running_loop()
    async with notifier.sending():
        notifier.tell(Kind.LOST, "lost")
        await until(lambda: bool(sender.tried_ms), "a try")
        began_s = loop.time()
        for _ in range(1000):
            notifier.tell(Kind.LOST, "lost")
        assert loop.time() == began_s, "nothing was waited for"
    assert loop.time() - began_s < 7


async def test_what_a_run_ends_with_is_still_sent(sender: ScriptedSender, said: list[str]) -> None:
    notifier = Notifier(sender, USUAL, loop_clock(), said.append)
    async with notifier.sending():
        notifier.tell(Kind.RUN, "the run ended in order")
    assert sender.sent[0].endswith("the run ended in order")


async def test_orders_that_are_paused_are_a_ban(
    connector: PerpetualDerivative, notifier: Notifier, sender: ScriptedSender
) -> None:
    notifier.watch(StatusSource(connector, Accounting(PAIR), PAIR))
    connector.components.bus.publish([OrdersPausedEvent(1.0, 10.0, "-1015")])
    await until(lambda: bool(sender.sent), "a message")
    assert "the exchange wants no new orders until" in sender.sent[0]
