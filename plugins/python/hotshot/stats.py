# SPDX-License-Identifier: MIT
"""Loads a log as statistics of the module pstats."""
import marshal
import pstats

from hotshot import _hotshot

__all__ = ["load"]

_INTERPRETER = "", 0, "<interpreter>"


class _Dump:
    """What pstats.Stats takes for a profiler."""

    def __init__(self, stats):
        self.stats = stats

    def create_stats(self):
        pass


def load(filename):
    """Returns the pstats.Stats of a log, or of any other profile that hotreport reads."""
    functions = marshal.loads(_hotshot.load(filename))
    # What called the first functions is in no statistics of a profiler of Python.
    functions.pop(_INTERPRETER, None)
    for function in functions.values():
        function[4].pop(_INTERPRETER, None)
    return pstats.Stats(_Dump(functions))
