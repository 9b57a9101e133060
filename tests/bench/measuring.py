"""What work costs: CPU-seconds and resident bytes of whole process trees. Wall time is never the measure."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Callable, Iterable
from typing import TypeVar

import psutil

T = TypeVar("T")
MEGABYTE = 1024 * 1024


def with_children(pids: Iterable[int]) -> list[psutil.Process]:
    """The processes and everything they started, each once."""
    found: dict[int, psutil.Process] = {}
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            found |= {one.pid: one for one in (process, *process.children(recursive=True))}
    return list(found.values())


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time spent so far; of those that ended, too, once they were waited for."""
    return sum(sum(process.cpu_times()[:4]) for process in with_children(pids))


def resident_megabytes(pids: Iterable[int]) -> float:
    return sum(process.memory_info().rss for process in with_children(pids)) / MEGABYTE


def weigh(work: Callable[[], T]) -> tuple[T, float]:
    """What `work` returns, and the CPU-seconds of the processes it started and waited for."""
    before = _spent_by_children()
    done = work()
    return done, _spent_by_children() - before


def _spent_by_children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
