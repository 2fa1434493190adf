"""An installation whose server can be killed: its database, its folder, its server process, and browsers that do not give up."""
import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from flask import Flask
from sqlalchemy import text

import data_model.tables  # noqa: F401
from benchmarks.over_http import PASSWORD, Browser
from data_model import migrations
from data_model.actor import SYSTEM
from data_model.db import db
from data_model.session import unit_of_work
from tests import small_house
from web import passwords

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds until something that should happen counts as not happening


def until(happened, what, patience=PATIENCE):
    """Look again and again; what the look gave once it gave something."""
    deadline = time.monotonic() + patience
    while not (found := happened()):
        assert time.monotonic() < deadline, f"not within {patience} s: {what}"
        time.sleep(0.01)
    return found


class Site:
    """Two servers at most may run on one database, as `anlan run` starts them."""

    def __init__(self, database, home, mail_port, threads=8):
        self.address, self.home = database, home
        self.environment = {
            **os.environ, "ANLAN_HOME": str(home), "DATABASE_URL": database, "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(mail_port),
            "ANLAN_THREADS": str(threads), "PYTHONPATH": str(ROOT)}
        self.app = Flask("tests")
        self.app.config["SQLALCHEMY_DATABASE_URI"] = database
        db.init_app(self.app)
        self.ids = {}

    def furnish(self):
        """Migrated as `anlan init` does it, with the small organisation in it."""
        migrations.upgrade(db.engine)
        with unit_of_work(SYSTEM) as session:
            self.ids = small_house.build(session, passwords.keep(PASSWORD))

    @contextmanager
    def running(self):
        """One server; gone at the end, whatever happened."""
        server = Server(self)
        try:
            server.start()
            yield server
        finally:
            server.bury()

    def let_go(self):
        """Keep no connection: what a killed server has begun is over once PostgreSQL has noticed."""
        db.session.remove()
        db.engine.dispose()
        if db.engine.dialect.name == "postgresql":
            until(self._is_alone, "PostgreSQL has given up the killed server's transactions")

    def _is_alone(self):
        with db.engine.connect() as connection:
            others = connection.execute(text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")).scalar_one()
        return others == 0


class Server:
    """One server process after another, on the same port."""

    def __init__(self, site):
        self.site, self.child = site, 0
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = (site.home / f"server-{self.port}.log").open("ab")
        self.nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery", str(self.log.fileno())], pass_fds=[self.log.fileno()], cwd=site.home, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, env={**site.environment, "ANLAN_PORT": str(self.port)})

    def start(self):
        self.child = int(self._tell("start"))
        until(self._answers, f"the server answers; its log: {self.site.home}")

    def kill(self):
        """SIGKILL; nothing of it is left when this returns."""
        assert self._tell(f"kill {self.child}") == "dead"
        self.child = 0

    def bury(self):
        self.nursery.kill()  # its children die with it
        self.nursery.wait()
        for pipe in (self.nursery.stdin, self.nursery.stdout, self.log):
            pipe.close()

    def said(self):
        return Path(self.log.name).read_text(errors="replace")

    def _tell(self, words):
        self.nursery.stdin.write(words + "\n")
        self.nursery.stdin.flush()
        answer = self.nursery.stdout.readline().strip()
        assert answer, self.said()
        return answer

    def _answers(self):
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", self.port), 1)):
            return True
        return False


class Patient(Browser):
    """A person whose browser sends the same thing again until there is an answer."""

    def __init__(self, server, login):
        super().__init__(server.port)
        self.line.timeout = PATIENCE
        self.login = login

    def twin(self, server):
        """The same person in another tab."""
        tab = Patient(server, self.login)
        tab.cookies, tab.token = dict(self.cookies), self.token
        return tab

    def insist(self, method, path, form=None):
        """(answer, how often it broke off before)."""
        broken, deadline = 0, time.monotonic() + PATIENCE
        while True:
            try:
                return self.ask(method, path, form), broken
            except (OSError, http.client.HTTPException):
                self.line.close()
                broken += 1
                assert time.monotonic() < deadline, f"no answer: {method} {path}"
                time.sleep(0.01)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.line.close()
