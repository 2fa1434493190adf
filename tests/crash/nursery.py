"""A process that has everything imported and forks a fresh `anlan run` when told to, so that a server costs no start of Python.

Started by tests/crash/site.py. A line "start" on standard input is answered by the new server's process id, a line "kill ID" by
"dead" once SIGKILL has done its work. Only the timetable differs from a real start: the clock ticks five times a second.
"""
import ctypes
import os
import signal
import sys

import anlan
import scheduler.app
import scheduler.jobs
import web.demo
import web.server  # noqa: F401  what `run` imports, imported once

OFTEN = {"seconds": 0.2}
PR_SET_PDEATHSIG = 1


def main(log):
    _die_with_parent()
    scheduler.jobs.JOBS[:] = [(job, OFTEN if "seconds" in often else often) for job, often in scheduler.jobs.JOBS]
    for line in sys.stdin:
        word, _, number = line.strip().partition(" ")
        print(_start(log) if word == "start" else _kill(int(number)), flush=True)


def _start(log):
    child = os.fork()
    if child:
        return child
    _die_with_parent()
    for stream in (1, 2):
        os.dup2(log, stream)
    os._exit(anlan.main(["run"]))


def _kill(child):
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "dead"


def _die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main(int(sys.argv[1]))
