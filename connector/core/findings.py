"""What a check before trading found: a line a check, and where it is no good, why, and what mends it."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What follows from a finding."""

    OK = "ok"
    WARNING = "warning"
    #: Nothing is traded before it is mended.
    REFUSAL = "refusal"
    #: No host of the domain knows the question: nothing is refused for it.
    NOT_ASKED = "not_asked"


class Concern(StrEnum):
    """Whom a finding is about: which of them a command ends for."""

    NETWORK = "network"
    KEY = "key"
    ACCOUNT = "account"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check."""

    #: Stable: a name for programs.
    check: str
    concern: Concern
    verdict: Verdict
    #: In plain words.
    line: str
    #: The likeliest first.
    causes: tuple[str, ...] = ()
    #: What mends it; empty where nothing is to be done.
    remedy: str = ""

    def to_json(self) -> dict[str, object]:
        """As an object of JSON."""
        return {
            "check": self.check,
            "concern": self.concern.value,
            "verdict": self.verdict.value,
            "line": self.line,
            "causes": list(self.causes),
            "remedy": self.remedy,
        }


def worst(findings: "tuple[Finding, ...]") -> Finding | None:
    """The refusal that comes first; None where nothing is refused."""
    return next((finding for finding in findings if finding.verdict is Verdict.REFUSAL), None)
