"""Files that want to take a house down: (deed, what it is, data). Each is refused with words or taken; none may cost much."""
import json
from collections.abc import Iterator

from tests.diagrams import diagram, end, inc, par, script, start, sub, user, xor
from tests.engine.test_workshop_bundle import sealed
from tests.forms.drawn import one, schema, text

ELSEWHERE = ('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">'
             '<process id="p" isExecutable="true">')
CLOSED = "</process></definitions>"
LAUGHS = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"&a;" * 10) for n in range(9)) + b"]><d>&a8;</d>"
NESTED_HIDE = "=" + "not(" * 400 + "a" + ")" * 400


def bombs() -> Iterator[tuple[str, str, bytes]]:
    for kind in ("bpmn", "dmn", "import"):
        yield kind, "laughs", LAUGHS
        yield kind, "spaces of names", b"<a " + b" ".join(b'xmlns:n%d="u%d"' % (n, n) for n in range(20_000)) + b"/>"
        yield kind, "comments", b"<a>" + b"<!---->" * 250_000 + b"</a>"
    yield from _diagrams()
    yield from _imports()
    yield from _tables()
    yield from _forms()
    for count in (15, 40):
        yield "zip", f"{count} diagrams", sealed({f"p{n}.bpmn": diagram(*(user(f"u{i}") for i in range(900)), key=f"p{n}") for n in range(count)})
    yield "zip", "zeros", sealed({f"p{n}.bpmn": b"0" * 1_900_000 for n in range(10)})


def _diagrams() -> Iterator[tuple[str, str, bytes]]:
    long = "a" * 1_900_000
    for where in ("name", "candidates", "due", "outcomes", "signing", "not", "fields", "on_timeout"):
        task = user("a", **{where: long}) if where != "name" else user("a").having(name=long)
        yield "bpmn", f"huge {where}", diagram(start(), task, end(), "s > a > e", key="x")
    yield "bpmn", "5,000 elements", diagram(start(), *(user(f"u{n}", candidates="starter()") for n in range(5_000)), end(), key="x")
    inner = user("deep", candidates="starter()")
    for n in range(14):
        inner = sub(f"b{n}", start(f"s{n}"), inner, end(f"e{n}"), f"s{n} > {inner.id} > e{n}")
    yield "bpmn", "fourteen deep", diagram(start(), inner, end(), f"s > {inner.id} > e", key="x")
    for name, gate in (("parallel", par), ("inclusive", inc), ("exclusive", xor)):
        yield "bpmn", f"exponential {name}", diagram(*_split(gate, 12), key="x")
    ring = [f"g{n} > g{(n * 7) % 300} if x" for n in range(300)] + [f"g{n} > g{(n + 1) % 300} default" for n in range(300)]
    yield "bpmn", "rings of gateways", diagram(start(), end(), *(xor(f"g{n}") for n in range(300)), "s > g0", "g299 > e if y", *ring, key="x")
    for name, source in (("brackets", "(" * 59 + "1" + ")" * 59), ("sums", "+".join(["1"] * 199)), ("lists", "[[a for a in x] for b in x]"),
                         ("texts", "'" + "a" * 1_900 + "'")):
        parts = [start(), end(), *(script(f"n{i}", f"v = {source}") for i in range(100)), " > ".join(["s", *(f"n{i}" for i in range(100)), "e"])]
        yield "bpmn", f"expressions {name}", diagram(*parts, key="x")


def _split(gate: object, times: int) -> list[object]:
    parts, last = [start(), end()], "s"
    for n in range(times):
        parts += [gate(f"g{n}"), gate(f"j{n}"), f"{last} > g{n}"]
        for b in range(4):
            word = "" if gate is par else " default" if b == 0 else f" if x == {b}"
            parts += [script(f"t{n}_{b}"), f"g{n} > t{n}_{b}{word}", f"t{n}_{b} > j{n}"]
        last = f"j{n}"
    return [*parts, f"{last} > e"]


def _imports() -> Iterator[tuple[str, str, bytes]]:
    def file(inside: str) -> bytes:
        return (ELSEWHERE + inside + CLOSED).encode()

    tasks = range(4_000)
    yield "import", "ids alike", file("".join(f'<userTask id="a{"-" * (n % 60)}.{"-" * (n // 60)}"/>' for n in tasks))
    yield "import", "same ids", file('<userTask id="a-b"/>' * 9_000)
    yield "import", "assignees", file("".join(f'<userTask id="t{n}" camunda:assignee="p{n}" camunda:candidateUsers="{"q," * 60}"/>' for n in tasks))
    yield "import", "one long list", file(f'<userTask id="t" camunda:candidateGroups="{"g," * 900_000}"/>')
    yield "import", "lists", file("".join(f'<subProcess id="t{n}"><multiInstanceLoopCharacteristics camunda:collection="x{n}"/></subProcess>' for n in tasks))
    yield "import", "owners", file("<userTask id='t'>" + "<potentialOwner>user(" * 50 + "a" * 1_000_000 + "</potentialOwner>" * 50 + "</userTask>")
    yield "import", "questions", file("<userTask id='t'><extensionElements><camunda:formData>" + "".join(
        f'<camunda:formField id="f{n}"/>' for n in range(15_000)) + "</camunda:formData></extensionElements></userTask>")
    for name, source in (("juel", "${" + "!" * 300 + "a}"), ("brackets", "${" + "(" * 200 + "a" + ")" * 200 + "}"), ("sums", "${" + "a+" * 150 + "a}"),
                         ("choices", "${" + "a?b:" * 80 + "c}"), ("quotes", "${" + '"\\' * 150 + "}"), ("escapes", "=" + "a[" * 150),
                         ("paths", "${a" + ".b" * 150 + "}"), ("quantified", "=" + "some a in b satisfies " * 14 + "c")):
        shown = source.replace("&", "&amp;").replace("<", "&lt;")
        yield "import", f"expressions {name}", file("".join(
            f'<sequenceFlow id="f{n}"><conditionExpression>{shown}</conditionExpression></sequenceFlow>' for n in range(4_000)))
    yield "import", "listeners", file("<userTask id='t'><extensionElements>" + '<camunda:taskListener class="X"/>' * 19_000 + "</extensionElements></userTask>")
    yield "import", "timers", file("".join(f"<intermediateCatchEvent id='i{n}'><timerEventDefinition><timeDuration>P{'1' * 200}D</timeDuration>"
                                           "</timerEventDefinition></intermediateCatchEvent>" for n in range(4_000)))
    yield "import", "a form of somebody's", b'{"type": "default", "components": []}'


def _tables() -> Iterator[tuple[str, str, bytes]]:
    yield "dmn", "10,000 rules", _table(1, 10_000, "[%d..%d]")
    yield "dmn", "many overlapping", _table(12, 400, "[%d..%d]", "UNIQUE")
    yield "dmn", "long cells", _table(2, 40, "not(" * 300 + "%d" + ")" * 300 + " /* %d */")
    yield "dmn", "one long cell", _table(1, 1, '"%d",' * 2 + '"a",' * 60_000 + '"b"')


def _table(inputs: int, rows: int, cell: str, policy: str = "UNIQUE") -> bytes:
    columns = "".join(f'<input id="in{i}"><inputExpression id="x{i}" typeRef="number"><text>x{i}</text></inputExpression></input>' for i in range(inputs))
    lines = "".join(f'<rule id="r{r}">' + "".join(f'<inputEntry id="c{r}_{i}"><text>{cell % (r * 7 % 31, 40 + r * 3 % 37)}</text></inputEntry>'
                    for i in range(inputs)) + f'<outputEntry id="o{r}"><text>{r}</text></outputEntry></rule>' for r in range(rows))
    return (f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n"><decision id="x" name="x">'
            f'<decisionTable id="t" hitPolicy="{policy}">{columns}<output id="out" name="o"/>{lines}</decisionTable></decision></definitions>').encode()


def _forms() -> Iterator[tuple[str, str, bytes]]:
    yield "form", "10,000 fields", schema(*(text(f"f{n}") for n in range(10_000))).encode()
    yield "form", "200 fields with conditions", schema(text("a"), *(text(f"f{n}", hide='=a = "' + "x" * 400 + '"') for n in range(190))).encode()
    yield "form", "deep conditions", schema(text("a"), *(text(f"f{n}", hide=NESTED_HIDE) for n in range(50))).encode()
    for pattern in ("(a+)+$", "(a|a)*b", "(.*)(.*)(.*)(.*)x", "a{1000}{1000}{1000}", "((a{1,50}){1,50}){1,50}", "(?R)", "\\" * 99, "[" * 99, "(" * 2_000):
        yield "form", f"pattern {pattern[:20]}", schema(*(text(f"f{n}", pattern=pattern) for n in range(20))).encode()
    deep: dict[str, object] = text("x")
    for _ in range(300):
        deep = one("group", components=[deep])
    yield "form", "deep groups", schema(deep).encode()
    yield "form", "deep json", b"[" * 190_000
    yield "form", "long words", json.dumps({"type": "default", "components": [{"type": "text", "text": "*" * 180_000}]}).encode()
    yield "form", "big numbers", b'{"type": "default", "components": [{"type": "number", "key": "a", "validate": {"max": ' + b"9" * 100_000 + b"}}]}"
