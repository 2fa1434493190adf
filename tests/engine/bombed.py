"""A process that takes hostile files in: each in a child of its own that may open nothing, start nothing and write nothing.

Prints a JSON line a file: the deed, its name, what came of it, processor seconds, megabytes more than before, and what it tried to reach.
"""
import json
import os
import resource
import sys
import traceback

from flask import Flask

import data_model.tables  # noqa: F401
from anlan import _known
from data_model.actor import SYSTEM
from data_model.base import Base
from data_model.db import db
from data_model.organisation import User
from data_model.session import unit_of_work
from engine import deployment
from engine.errors import EngineError
from engine.principals import actor_for
from engine.workshop import bundle, checking, drafts, release
from engine.workshop.imports import taking
from forms import designed, facts
from tests import small_house
from tests.diagrams import diagram, end, start, table, user
from tests.engine.bombs import bombs
from tests.engine.test_workshop_bundle import sealed
from tests.forms.drawn import schema, text

REACHING = ("open", "socket.", "subprocess.", "os.", "shutil.", "ctypes.", "exec", "pickle.", "urllib.", "ftplib.", "smtplib.")
PLAIN = {"bpmn": diagram(start(), user("a", candidates="starter()"), end(), "s > a > e", key="x"), "dmn": table("1", "2").replace(b'"grade"', b'"x"'),
         "form": schema(text("a", pattern="[a-z]{1,9}"), text("b", hide='=a = "x"')).encode(),
         "import": diagram(start(), user("a"), end(), "s > a > e", key="y"), "zip": sealed({"z.bpmn": diagram(start(), end(), "s > e", key="z")})}


def deed(kind: str, data: bytes, actor: object) -> str:
    """As the screens do it: a draft is kept and deployed, a file or bundle is taken in and checked."""
    try:
        with unit_of_work(actor) as session:
            if kind == "import":
                key = taking.take(session, actor, data, "x.bpmn").key
                checking.findings(session, f"{key}.bpmn", drafts.open_draft(session, actor, "bpmn", key).content.encode())
            elif kind == "zip":
                for landed in bundle.take(session, actor, bundle.read(data), over=True):
                    checking.findings(session, landed.name, drafts.contents(session)[landed.name].encode())
            else:
                drafts.save(session, actor, kind, "x", data.decode(), 0)
                release.deploy_drafts(session, actor, [f"x.{kind}"], "a bomb")
    except EngineError as refusal:
        return f"refused: {refusal}"
    return "taken"


def child(kind: str, name: str, data: bytes, actor: object) -> None:
    reached: list[str] = []
    done: list[int] = []
    sys.addaudithook(lambda event, said: reached.append(f"{event} {said}"[:200]) if event.startswith(REACHING) and not done else None)
    before = resource.getrusage(resource.RUSAGE_SELF)
    for what, limit in ((resource.RLIMIT_NOFILE, 0), (resource.RLIMIT_NPROC, 0), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CPU, 20)):
        resource.setrlimit(what, (limit, limit))
    try:
        came = deed(kind, data, actor)
    except BaseException:
        came = "broke: " + traceback.format_exc()[-1_500:]
    after = resource.getrusage(resource.RUSAGE_SELF)
    done.append(1)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    line = json.dumps({"kind": kind, "name": name, "came": came[:1_700], "seconds": round(seconds, 2),
                       "megabytes": (after.ru_maxrss - before.ru_maxrss) // 1024, "reached": reached[:5]}, ensure_ascii=False)
    os.write(1, line.encode() + b"\n")


def main() -> None:
    app = Flask("bombed")
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        checking.use(_known(None), designed.check, facts.drawn)
        deployment.use_lint(checking.errors)
        with unit_of_work(SYSTEM) as session:
            house = small_house.build(session)
        with unit_of_work(SYSTEM, write=False) as session:
            actor = actor_for(session, session.get_one(User, house["po"]))
        for kind, data in PLAIN.items():  # whatever is read once is read before the doors are closed
            print(json.dumps({"kind": kind, "name": "plain", "came": deed(kind, data, actor)}, ensure_ascii=False), flush=True)
        with unit_of_work(SYSTEM) as session:
            for name in list(drafts.contents(session)):
                drafts.drop(session, actor, *reversed(name.rsplit(".", 1)))
        for kind, name, data in bombs():
            if sys.argv[1:] and sys.argv[1] not in f"{kind} {name}":
                continue
            if (pid := os.fork()) == 0:
                try:
                    child(kind, name, data, actor)
                except BaseException as problem:
                    os.write(2, repr(problem).encode() + b"\n")
                finally:
                    os._exit(0)
            _, status = os.waitpid(pid, 0)
            if status:  # killed
                print(json.dumps({"kind": kind, "name": name, "came": f"broke: status {status}", "seconds": 99, "megabytes": 0, "reached": []}), flush=True)


if __name__ == "__main__":
    main()
