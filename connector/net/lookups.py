"""Names are looked up in threads that nobody waits for: name servers that say nothing keep no command from its end.

A lookup can't be broken off. asyncio's own threads are waited for at the end of a loop and of the program, half a
minute and more where the servers are silent, though what was asked for was given up long before.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Thread
from typing import Any, ParamSpec, TypeVar

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")


class Lookups(ThreadPoolExecutor):
    """A thread a lookup, which ends with the program. For nothing that has to be finished."""

    def submit(
        self, fn: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Future[Result]:
        future: Future[Result] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:
                future.set_exception(error)

        Thread(target=work, name="lookup", daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing is waited for."""


def run_to_end(main: Coroutine[Any, Any, Result]) -> Result:
    """As `asyncio.run`, and without a wait for names that are still looked up."""
    with asyncio.Runner() as runner:
        runner.get_loop().set_default_executor(Lookups())
        return runner.run(main)
