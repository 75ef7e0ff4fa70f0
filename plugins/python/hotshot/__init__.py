# SPDX-License-Identifier: MIT
"""Records what a program does, and when: calls, lines, and the time between them.

    import hotshot
    profile = hotshot.Profile("run.prof", lineevents=1)
    profile.runcall(function)
    profile.close()

This is the module hotshot of Python 2 again. hotreport and KCachegrind show its logs.
"""
import os
import sys

from hotshot import _hotshot
from hotshot._hotshot import Profile, ProfilerError, __version__

__all__ = ["Profile", "ProfilerError", "coverage"]


def coverage(logfn):
    """A profile that records which lines run, and no times."""
    return Profile(logfn, 1, 0, _frametimings=False)


def _begin_child():
    """Lets a forked child record to a log of its own. Those of multiprocessing end without running
    what atexit has."""
    _hotshot.begin_child()
    util = sys.modules.get("multiprocessing.util")
    if util:
        util.register_after_fork(
            _begin_child,
            lambda _: util.Finalize(None, _hotshot.close_running, exitpriority=-1000))


os.register_at_fork(after_in_child=_begin_child)
