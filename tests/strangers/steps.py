"""What a stranger's client does, step by step, one JSON line each: `{"step":.., "held":.., "said":..}`.

Runs in the strangers' own virtual environment: nothing of the product is imported here.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

STEP_WITHIN_S = 20.0


class Steps:
    """Runs each step to its end and prints what became of it; a failed one doesn't stop the others."""

    def __init__(self) -> None:
        self._failed = 0

    async def take(self, step: str, act: Callable[[], Awaitable[Any]]) -> Any:
        """The step's answer, or None where it failed: an error, an assertion that didn't hold, or silence."""
        try:
            answer = await asyncio.wait_for(act(), STEP_WITHIN_S)
        except Exception as error:  # whatever a foreign client raises is the step's result
            self._failed += 1
            self._say(step, False, f"{type(error).__name__}: {error}")
            return None
        self._say(step, True, "")
        return answer

    @property
    def exit_code(self) -> int:
        return 1 if self._failed else 0

    def _say(self, step: str, held: bool, said: str) -> None:
        sys.stdout.write(json.dumps({"step": step, "held": held, "said": said[:2000]}) + "\n")
        sys.stdout.flush()
