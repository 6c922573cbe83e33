"""Work on two cores, in an order that does not depend on them."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

THREADS = 2
"""Products, gathering and comparing release the interpreter; what lies between them does not, so that more threads
gain little and hold more in memory."""


def side_by_side(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Apply `work` to items in threads and yield the results in the items' order.

    Parameters
    ----------
    work : callable
        Depends on its item alone, so that threads change no result.
    items : iterable
        Taken one ahead of what is asked for, so that few results wait.
    """
    with ThreadPoolExecutor(THREADS) as threads:
        waiting: deque[Future[Result]] = deque()
        for item in items:
            waiting.append(threads.submit(work, item))
            if len(waiting) > THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
