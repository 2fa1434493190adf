"""The test run's own PostgreSQL leaves nothing behind, even when the run is killed."""
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg2
import pytest

from tests import postgres

OWNER = "from tests import postgres\nwith postgres.running() as s:\n print(s.folder, s.process.pid, flush=True)\n input()"


def test_a_killed_run_takes_its_server_along_and_the_next_run_sweeps(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", tempfile.mkdtemp())  # a neighbour's sweep must not come first
    Path(tempfile.tempdir).chmod(0o755)
    owner = subprocess.Popen([sys.executable, "-c", OWNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                             env={**os.environ, "TMPDIR": tempfile.tempdir})
    folder, pid = owner.stdout.readline().split()
    owner.send_signal(signal.SIGKILL)
    owner.communicate()
    deadline = time.monotonic() + 10
    while Path("/proc", pid).exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path("/proc", pid).exists() and Path(folder).exists()
    postgres.sweep()
    assert not Path(folder).exists()
    Path(tempfile.tempdir).rmdir()


def test_a_durable_server_keeps_what_it_acknowledged_through_a_power_cut():
    with postgres.running(durable=True) as server:
        server.run("CREATE DATABASE kept")
        server.kill()
        with pytest.raises(psycopg2.OperationalError):
            server.run("SELECT 1")
        server.start()
        with pytest.raises(psycopg2.errors.DuplicateDatabase):
            server.run("CREATE DATABASE kept")
