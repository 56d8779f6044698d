"""A person at a terminal, in this process: answers each prompt by its words, and keeps what was shown."""

from pathlib import Path

from connector.bot.keys.key_home import KeyHome
from connector.bot.keys.prompts import Abandoned, Terminal, Unanswered
from tests.companions.keys.stores import CHEAP

#: A piece of a prompt, and what is typed there; `None` leaves by Ctrl-C or Ctrl-D.
Answer = tuple[str, str | None]
#: Nothing is typed for as long as the prompt waits, which has to have an end.
NOBODY: Answer = ("", "")


class Typist(Terminal):
    """Answers the prompts in this order."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__()
        self._answers = list(answers)
        self.shown: list[str] = []

    @property
    def is_done(self) -> bool:
        """Whether every answer was asked for."""
        return not self._answers

    def say(self, line: str = "") -> None:
        self.shown.append(line)

    def hidden(self, prompt: str, within_s: float | None = None) -> str:
        if within_s is not None and self._answers[:1] == [NOBODY]:
            self.shown.append(prompt)
            del self._answers[0]
            raise Unanswered
        return self._answer(prompt)

    def word(self, question: str) -> str:
        return self._answer(question)

    def _answer(self, prompt: str) -> str:
        self.shown.append(prompt)
        assert self._answers, f"nobody expected: {prompt}"
        piece, answer = self._answers.pop(0)
        assert piece in prompt, f"expected {piece!r}, was asked {prompt!r}"
        if answer is None:
            raise Abandoned
        return answer


def cheap_home(folder: Path, typist: Typist | None = None, password_from: str | None = None) -> KeyHome:
    """A home whose stores cost nothing to open, and whoever sits there."""
    keys = KeyHome(folder, password_from)
    keys.store.rule = CHEAP
    keys.terminal = typist
    return keys


def typed(password: str, times: int = 1) -> tuple[tuple[str, str], ...]:
    """The answers to the prompt for the password."""
    return (("Enter your password >>> ", password),) * times
