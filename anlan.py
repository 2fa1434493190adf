"""The command line, and the only place where doors, engine and clock are wired into one process.

Each command imports what it needs when it runs, so that `lint` and `evaluate` start at once: here, and only here,
imports stand inside functions.
"""
import argparse
import ast
import json
import signal
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace

VERSION = "0.1.0"
HERE = Path(__file__).parent
NO_FLOWS = ("base", "designed", "design_rows")  # modules of forms/ whose forms are no step's


def main(arguments=None):
    """Run one command; the value is the exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    args = _parser().parse_args(arguments)
    try:
        return args.run(args) or 0
    except BrokenPipeError:
        sys.stdout = None  # whoever read us has gone; nothing is left to say
        return 1
    except KeyboardInterrupt:
        return 130


# ── the server ──

def run(args):
    """Serve the screens, with the clock inside, until stopped."""
    from data_model import migrations
    from data_model.db import db
    from scheduler import words
    from scheduler.app import start
    from web.server import listen

    words.use({"en": _translator("en")})
    with _house() as house:
        if not migrations.is_current(db.engine):
            return _fail("the database is not of this version: run `anlan init`")
        try:
            server = listen(house.app, house.settings)
        except OSError as problem:
            return _fail(f"cannot listen on {house.settings.host}:{house.settings.port}: {problem.strerror}")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        ticker = start(house.app.app_context, house.settings)
        _greet(house)
        try:
            server.run()
        finally:
            ticker.shutdown()
            server.close()


def _greet(house):
    from web import demo

    settings = house.settings
    print(f"安澜 Anlan: {settings.address or f'http://{settings.host}:{settings.port}'}")
    with house.unit(write=False) as session:
        accounts = demo.open_accounts(session)
    if accounts:
        print(f"Demo accounts (password {demo.PASSWORD}):")
    for login, name, post in accounts:
        print(f"  {login:<10} {name}（{post}）")
    print("Ctrl-C stops it.", flush=True)


# ── setting up ──

def init(args):
    """Bring the database up to date, load the shipped diagrams, and make the first administrator."""
    from data_model.db import db
    from engine import accounts

    with _house() as house:
        _migrate()
        password, kept = _password()
        with house.unit() as session:
            _deploy_shipped(session)
            _load_calendar(session)
            made = accounts.first_administrator(session, args.organisation, args.admin, kept)
        print(f"Database: {db.engine.url.render_as_string(hide_password=True)}")
        if made:
            _tell_password(args.admin, password)


def demo(args):
    """Fill an empty database with the demo group."""
    from engine.demo.make import is_empty
    from web import demo as demo_data

    with _house() as house:
        _migrate()
        if is_empty():
            return demo_data.fill(house.app, args.dangers, said=lambda text: print(text, flush=True))
        if not args.if_empty:
            return _fail("there is an organisation in this database already; the demo group needs an empty one")
        with house.unit() as session:
            _deploy_shipped(session)
            _load_calendar(session)


def doctor(args):
    """Look whether everything is in order; exit 1 when something is not."""
    from data_model.db import db
    from engine import health
    from web import pdf

    with _house() as house, house.unit(write=False) as session:
        found = [*health.checks(db.engine, session, house.settings, HERE / "web/static/bundles"), pdf.health()]
    for name, words, well in found:
        print(f"{name:<10}{'ok' if well else 'FAILED':<8}{words}")
    return int(not all(well for _, _, well in found))


def user(args):
    """Add, list, reset or disable an account."""
    from engine import accounts

    with _house() as house:
        password, kept = _password()
        with house.unit(write=args.deed != "list") as session:
            if args.deed == "list":
                for login, name, unit, active in accounts.everybody(session):
                    print(f"{login:<20}{name}  {unit}{'' if active else '  disabled'}")
            elif args.deed == "disable":
                accounts.disable(session, args.login)
            elif args.deed == "reset":
                accounts.reset(session, args.login, kept)
            else:
                accounts.add(session, args.login, args.name, args.unit, args.role, kept)
        if args.deed == "disable":
            print(f"{args.login} is disabled and signed out everywhere.")
        elif args.deed != "list":
            _tell_password(args.login, password)


# ── diagrams ──

def deploy(args):
    """Make new versions of changed diagrams, decision tables and forms, and take their scenarios; without files, the shipped ones."""
    from data_model.actor import SYSTEM
    from engine.workshop import sidecars

    try:
        files = {path.name: path.read_bytes() for path in args.files}
    except OSError as problem:
        return _fail(f"{problem.filename}: {problem.strerror}")
    with _house() as house, house.unit() as session:
        if files:
            _tell_versions(sidecars.deploy(session, SYSTEM, files, args.note))
        else:
            _deploy_shipped(session)


def export(args):
    """Write the effective diagrams, the newest decision tables and forms, and their scenarios and test rows as files."""
    from engine.workshop.sidecars import whole_house

    with _house() as house, house.unit(write=False) as session:
        args.folder.mkdir(parents=True, exist_ok=True)
        for name, content in whole_house(session).items():
            (args.folder / name).write_bytes(content)
            print(args.folder / name)


def lint(args):
    """Say what is wrong with a diagram or decision table; exit 1 when deploy would refuse it."""
    from engine.lint import report

    findings, code = (_form_report if args.file.suffix == ".form" else report)(args.file, _known(args.file), _translator(args.language))
    if args.json:
        print(json.dumps(findings, ensure_ascii=False))
    else:
        for found in findings:
            print("  ".join(part for part in (found["severity"], found["element"], found["rule"], found["text"]) if part))
        print(f"{len(findings)} findings" if findings else "no findings")
    return code


def _form_report(path, _known_names, translate):
    """As `report`, for a form drawn with form-js."""
    from forms.designed import check

    try:
        found = check(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        return [{"element": "", "rule": "file", "severity": "error", "text": str(problem)}], 1
    return [finding.plain(translate) for finding in found], int(any(finding.severity == "error" for finding in found))


def evaluate(args):
    """Say what an expression gives; exit 2 when it is wrong."""
    from engine.expressions import ExprError, lines

    if args.stdin:
        for answer in lines.answers(sys.stdin.buffer):
            print(answer, flush=True)
        return 0
    try:
        print(json.dumps(lines.result("expr", args.expression, json.loads(args.data)), ensure_ascii=False))
    except ExprError as problem:
        return _fail(str(problem), 2)
    except (ValueError, RecursionError) as problem:
        return _fail(f"--data is not JSON: {problem}", 2)
    return 0


# ── shared by the commands ──

@contextmanager
def _house():
    """The application wired: its settings, lint at the door of deployment, units of work in the name of the system."""
    from data_model.actor import SYSTEM
    from data_model.session import unit_of_work
    from data_model.settings import BadSettings, read
    from engine import deployment
    from engine.errors import EngineError
    from engine.workshop import checking
    from forms import designed, facts
    from web.app import create_app

    checking.use(_known(None), designed.check, facts.drawn)
    deployment.use_lint(checking.errors)
    try:
        settings = read()
        for folder in (settings.home, settings.storage):
            folder.mkdir(parents=True, exist_ok=True)
        app = create_app(settings)
        with app.app_context():
            yield SimpleNamespace(app=app, settings=settings, unit=partial(unit_of_work, SYSTEM))
    except (BadSettings, EngineError) as refusal:
        for finding in getattr(refusal, "findings", ()):
            print(f"  {finding.element}  {finding.rule}  {finding.message()}", file=sys.stderr)
        sys.exit(_fail(str(refusal)))


def _known(file):
    """What a diagram may name, read from the files themselves: nothing is registered, and nothing heavy is imported."""
    from data_model.organisation import ROLE_NAMES
    from engine.candidates import FUNCTION_NAMES
    from engine.lint import Known

    forms = {f"{module}.{_snake(node.name)}" for module, node in _top(HERE / "forms", ast.ClassDef) if node.name.endswith("Form") and module not in NO_FLOWS}
    handlers = {f"{module}.{node.name}" for module, node in _top(HERE / "engine/handlers", ast.FunctionDef)
                if not node.name.startswith("_")}
    near = [HERE / "bpmn", *([file.parent] if file else [])]
    return Known(
        forms=frozenset(forms), handlers=frozenset(handlers), functions=FUNCTION_NAMES,
        roles=frozenset(map(str, ROLE_NAMES)) | frozenset(ROLE_NAMES.values()),
        decisions=frozenset(path.stem for folder in near for path in folder.glob("*.dmn")) if file else None,
        processes=frozenset(path.stem for folder in near for path in folder.glob("*.bpmn")) if file else None,
        demanding=frozenset(_demanding()), fields=_fields,
    )


def _fields(name):
    """Of a coded form; only diagrams that lock a field make us ask."""
    from forms import facts

    return facts.coded(name)


def _demanding():
    """Forms with a field that must be filled in, their own or inherited from a form of the same module."""
    wanting = set()
    for module, node in _top(HERE / "forms", ast.ClassDef):
        calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
        own = any(getattr(call.func, "id", "") in ("needed", "InputRequired", "DataRequired")
                  or any(word.arg == "least" and getattr(word.value, "value", 0) for word in call.keywords) for call in calls)
        if own or any((module, getattr(base, "id", "")) in wanting for base in node.bases):
            wanting.add((module, node.name))
    return {f"{module}.{_snake(name)}" for module, name in wanting if name.endswith("Form") and module not in NO_FLOWS}


def _top(folder, kind):
    """(module, node) for every definition of that kind at the top of the folder's modules."""
    for path in sorted(folder.glob("*.py")):
        for node in ast.parse(path.read_bytes()).body:
            if isinstance(node, kind):
                yield path.stem, node


def _snake(name):
    """ConfirmAgainForm -> confirm_again."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name.removesuffix("Form")).lstrip("_")


def _translator(language):
    """From the Chinese message ids to the words of a language."""
    import gettext

    catalogue = HERE / "web/translations" / language / "LC_MESSAGES/messages.mo"
    if not catalogue.exists():
        return str
    with catalogue.open("rb") as file:
        return gettext.GNUTranslations(file).gettext


def _migrate():
    from data_model import migrations
    from data_model.db import db

    migrations.upgrade(db.engine)


def _deploy_shipped(session):
    from engine import deployment
    from engine.workshop import scenarios, table_rows

    _tell_versions(deployment.load_shipped(session))
    table_rows.load_missing(session)
    scenarios.load_missing(session)


def _load_calendar(session):
    from engine import work_calendar

    for year in work_calendar.load_shipped(session):
        print(f"Work calendar: public holidays of {year}, to be checked against the official notice")


def _tell_versions(rows):
    for row in rows:
        print(f"Diagram {row.key} ({row.name}): version {row.version}, {row.status}")


def _password():
    """A random one, and what is stored instead of it."""
    import secrets

    from web import passwords

    password = secrets.token_urlsafe(12)
    return password, passwords.keep(password)


def _tell_password(login, password):
    print(f"Account: {login}\nPassword: {password}\nShown this once; it must be changed at the first sign-in.")


def _fail(words, code=1):
    print(f"anlan: {words}", file=sys.stderr)
    return code


def _parser():
    parser = argparse.ArgumentParser(prog="anlan", description="安澜 Anlan: work safety for a water group, driven by BPMN diagrams.")
    parser.add_argument("--version", action="version", version=f"anlan {VERSION}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(function):
        words = function.__doc__.splitlines()[0]
        made = commands.add_parser(function.__name__, help=words, description=words)
        made.set_defaults(run=function)
        return made

    command(run)
    made = command(init)
    made.add_argument("--organisation", default="集团", help="name of the top of the organisation tree")
    made.add_argument("--admin", default="admin", help="login of the first administrator")
    made = command(deploy)
    made.add_argument("files", nargs="*", type=Path, help=".bpmn, .dmn, .form, .scenarios.json and .rows.json files; a file's name is its key")
    made.add_argument("--note", default="", help="why, for the list of versions")
    command(export).add_argument("folder", type=Path, help="where the files go")
    made = command(lint)
    made.add_argument("file", type=Path, help="a .bpmn, .dmn or .form file")
    made.add_argument("--json", action="store_true", help="one JSON list: element, rule, severity, text")
    made.add_argument("--language", choices=("zh", "en"), default="zh", help="of the words")
    made = command(evaluate)
    what = made.add_mutually_exclusive_group(required=True)
    what.add_argument("expression", nargs="?", help="in the closed language of diagrams")
    what.add_argument("--stdin", action="store_true", help='a JSON object a line: {"kind": "expr" or "script", "source", "data"}')
    made.add_argument("--data", default="{}", help="the data it reads, as a JSON object")
    command(doctor)
    deeds = command(user).add_subparsers(dest="deed", required=True, metavar="DEED")
    made = deeds.add_parser("add", help="a new account, with a random password shown once")
    made.add_argument("login")
    made.add_argument("name")
    made.add_argument("--unit", required=True, help="code of the organisation unit")
    made.add_argument("--role", action="append", default=[], metavar="ROLE[@UNIT]", help="a role from that unit downward")
    deeds.add_parser("list", help="every account")
    deeds.add_parser("reset", help="a new random password, shown once").add_argument("login")
    deeds.add_parser("disable", help="close the account and sign it out everywhere").add_argument("login")
    made = command(demo)
    made.add_argument("--if-empty", action="store_true", help="do nothing but update when the database is in use")
    made.add_argument("--dangers", type=int, default=500, help="how many hidden dangers the histories hold")
    return parser


if __name__ == "__main__":
    sys.exit(main())
