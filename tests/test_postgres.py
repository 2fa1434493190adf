"""The test run's own PostgreSQL leaves nothing behind, even when the run is killed."""
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest

from tests import postgres

OWNER = "from tests import postgres\nwith postgres.running() as s:\n print(s.folder, s.process.pid, flush=True)\n input()"


def test_a_killed_run_takes_its_server_along_and_the_next_run_sweeps():
    owner = subprocess.Popen([sys.executable, "-c", OWNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    folder, pid = owner.stdout.readline().split()
    owner.send_signal(signal.SIGKILL)
    owner.communicate()
    deadline = time.monotonic() + 10
    while Path("/proc", pid).exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path("/proc", pid).exists() and Path(folder).exists()
    postgres.sweep()
    assert not Path(folder).exists()


def test_a_durable_server_keeps_what_it_acknowledged_through_a_power_cut():
    with postgres.running(durable=True) as server:
        server.run("CREATE DATABASE kept")
        server.kill()
        with pytest.raises(psycopg2.OperationalError):
            server.run("SELECT 1")
        server.start()
        with pytest.raises(psycopg2.errors.DuplicateDatabase):
            server.run("CREATE DATABASE kept")
