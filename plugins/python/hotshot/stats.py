# SPDX-License-Identifier: MIT
"""Loads a log as statistics of the module pstats."""
import marshal
import pstats

from hotshot import _hotshot

__all__ = ["load"]


class _Dump:
    """What pstats.Stats takes for a profiler."""

    def __init__(self, stats):
        self.stats = stats

    def create_stats(self):
        pass


def load(filename):
    """Returns the pstats.Stats of a log, or of any other profile that hotreport reads."""
    return pstats.Stats(_Dump(marshal.loads(_hotshot.load(filename))))
