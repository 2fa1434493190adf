"""Lines that want to run code, hang, or fill the memory. Each has a name, and whether an answer with a value is in order."""
import json
from collections.abc import Iterator

KB64 = 64 * 1024
NUMBERS = list(range(5_000))
NEST = [[[[[[1, 2], 3], 4], 5], 6], 7]


def _line(source: str, data: object = None, kind: str = "expr") -> bytes:
    return json.dumps({"kind": kind, "source": source, "data": {} if data is None else data}, ensure_ascii=False).encode()


def _filled(source: str, opening: str, item: str, closing: str, kind: str = "expr") -> bytes:
    """A line as long as a line may be, its data full of one thing."""
    head = f'{{"kind":"{kind}","source":{json.dumps(source)},"data":{{"x":{opening}'
    room = KB64 - len(head.encode()) - len(closing) - 2 - len(item.encode())
    return f"{head}{item * (room // len(item.encode()))}{item.rstrip(',')}{closing}}}}}".encode()


def _wrapped(opening: str, closing: str, times: int) -> str:
    return f'{{"x":{opening * times}1{closing * times}}}'


BREAK_OUT = (
    "__import__('os').system('touch /tmp/anlan-was-here')", "open('/etc/passwd').read()", "eval('1')", "exec('1')", "ｅｖａｌ('1')",
    "().__class__.__base__.__subclasses__()", "x.__class__", "''.join(['a'])", "'{0.__class__}'.format(1)", "f'{x.__class__}'",
    "f'{x!r}'", "f'{x:>99999999}'", "f'{x=}'", "lambda: 1", "(lambda: 1)()", "[y := 1]", "(yield 1)", "await x", "print(1)",
    "globals()", "getattr(x, 'a')", "x.clear()", "x.format(1)", "'a'.encode()", "b'a'", "1j", "...", "[*x]", "{**x}", "len(*x)",
    "len(obj=x)", "_x", "x._a", "＿＿import＿＿('os')", "{x: 1 for x in x}", "{x for x in x}", "(x for x in x)", "not",
    "import os", "x = 1", "breakpoint()", "type(x)", "vars()", "x[1:2, 3]", "x @ x", "x << 9", "1 if", "`x`", "$x", "x?", "\\",
    "x\n1", "'\\x00'", "'\ud800'.lower() + '\\ud800'", "range(9)", "a" * 2_001, "((((" * 200, "[" * 1_999, "-" * 1_999 + "1",
    "not " * 499 + "1", "(" * 59 + "1" + ")" * 59 + "+", "{1:" * 59, "f(" * 59, "+".join("1" * 900), "'" * 1_999, "'''", "1_" * 900,
    "9" * 1_900, "0x" + "f" * 1_900, "1e999", "-1e999", "2**99999999", "'a'*99999999", "[0]*99999999", "9**9**9", "1<<99999",
    "f'" + "{1}" * 300 + "'", "f'{f\"{f'''{1}'''}\"}'", "x" + "[0]" * 300, "x" + ".a" * 300, "a" + " if a else a" * 150,
)
SCRIPTS_OUT = (
    "import os", "from os import system", "while True: pass", "for i in x: pass", "def f(): f()\nf()", "class A: pass", "del x",
    "len = 1", "x.len = 1\nmin = x", "_x = 1", "x.__class__ = 1", "x, y = 1, 2", "x = y = 1", "x: int = 1", "x **= 9", "x <<= 9",
    "x[0:1] = [1]", "x[y] = 1", "1 = x", "f() = 1", "with x: pass", "try: pass\nexcept: pass", "raise x", "assert x", "global x",
    "return 1", "len(x)", "x", "match x:\n case 1: pass", "async def f(): pass", "lambda: 1", "x = 1; x.a = 1", "x = [1]\nx[5] = 1",
    "if x:\n" + "".join(" " * n + "if 1:\n" for n in range(1, 60)) + " " * 60 + "x = 1",
    "x = [1]\n" + "x = [x, x]\n" * 50, "x = [1]\nx = x + x\n" * 30, "x = {}\n" + "x.a = x\n" * 50, "x = 1\n" + "x += x\n" * 59,
    "x = 2\n" + "x *= x\n" * 59, "x = 'a'\n" + "x += x\n" * 59, "x = [1]\n" + "x += x\n" * 59,
)


def lines() -> Iterator[tuple[str, bytes, bool | None]]:
    """(name, line, must it be a value; None: either will do)."""
    yield from ((f"out {s[:40]}", _line(s.encode("utf-8", "backslashreplace").decode(), {"x": {"a": 1}}), False) for s in BREAK_OUT)
    yield from ((f"script {s[:40]!r}", _line(s, {}, "script"), False) for s in SCRIPTS_OUT)
    yield from _broken()
    yield from _busy()
    yield from _full()


def _broken() -> Iterator[tuple[str, bytes, bool | None]]:
    """No request at all, or data JSON cannot carry."""
    for text in ("", " ", "1", "[]", "null", '"a"', "{", "{}", "nonsense", "[" * KB64, '{"a":' * 13_000, "9" * KB64, "\ufeff{}"):
        yield f"broken {text[:20]}", text.encode(), False
    for data in ("NaN", "Infinity", "-Infinity", '{"x":1e400}', '{"x":-1e400}', '{"x":NaN}', '{"x":9007199254740992}', "[]", "null", "1",
                 '{"x":"\\u0000"}', '{"x":"\\ud800"}', '{"\\udfff":1}', '{"x":%s}' % ("9" * 5_000), _wrapped("[", "]", 99),
                 _wrapped('{"a":', "}", 5_000)):
        yield f"data {data[:20]}", b'{"kind":"expr","source":"1","data":' + data.encode() + b"}", False
    yield "data twice", b'{"kind":"expr","source":"x","data":{"x":1,"x":2}}', True
    yield "kind", b'{"kind":"eval","source":"1","data":{}}', False
    yield "no source", b'{"kind":"expr","data":{}}', False
    yield "source no text", b'{"kind":"expr","source":[1],"data":{}}', False
    yield "bytes", b'{"kind":"expr","source":"\xff","data":{}}', False
    yield "utf-16", '{"kind":"expr","source":"1","data":{}}'.encode("utf-16"), False
    yield "just too long", _line("1", {"x": "a" * (KB64 - 40)}), False
    yield "separator", _line("x", {"x": "a\u2028b\x85c"}), True


def _busy() -> Iterator[tuple[str, bytes, bool | None]]:
    """In the language, and as much work as it takes."""
    for source in (
        "[a for a in x for b in x]", "[[a] for a in x for b in x if a == b]", "sum(a for a in x for b in x)", "x == x == x == x == x",
        "[x == y for a in x]", "[x == x for a in x]", "[x in [y] for a in x]", "[max(x) for a in x]", "[sum(x) for a in x]",
        "[all(x) for a in x]", "[x + x for a in x]", "[x[1:] for a in x]", "[x[::-1] for a in x]", "[a in x for a in x]",
        "[-1 in x for a in x]", "[len(x) for a in x]", "[[x, x, x, x] == [x, x, x, y] for a in x]", "[str(a) + 'a' for a in x]",
        "[{'a': a, 'b': a, 'c': a} for a in x]", "[[[[[a]]]] for a in x]", "[f'{a}{a}{a}' for a in x]", "[workdays(a) for a in x]",
        "[round(a / 3, 12) for a in x]", "[float(str(a)) for a in x]", "[date('2026-01-01') for a in x]", "[now() for a in x]",
        "[days_between('2026-01-01', '2026-01-02') for a in x]", "[get(x, 'a') for a in x]", "[a < a < a < a < a for a in x]",
        " and ".join(["x == y"] * 90), " or ".join(["x != y"] * 90), "[" + ",".join(["x"] * 300) + "]",
        "[" + ",".join(["x[:]"] * 90) + "]", "{" + ",".join(f"{n << 45}:x" for n in range(100)) + "}",
    ):
        yield f"numbers {source[:60]}", _line(source, {"x": NUMBERS, "y": [*NUMBERS]}), None
    deep: object = 1
    for _ in range(28):
        deep = [deep, 1]
    for source in ("[x == y for a in n]", "[x in [y, y, y, y] for a in n]", "[[x, x] == [y, y] for a in n]", "[x, [x, [x, [x]]]]"):
        yield f"deep {source}", _line(source, {"x": deep, "y": deep, "n": NUMBERS}), None
    yield from _texts()


def _texts() -> Iterator[tuple[str, bytes, bool | None]]:
    long, spaces, wide = "a" * 19_000, " " * 19_000, "ŉ" * 9_000
    for source in (
        "[x.lower() for a in n]", "[x.upper() for a in n]", "[s.strip() for a in n]", "[w.upper() for a in n]", "[x == y for a in n]",
        "[x < y for a in n]", "[x.startswith(y) for a in n]", "[x.endswith(y) for a in n]", "['b' in x for a in n]", "[p in x for a in n]",
        "[q in x for a in n]", "[x[::-1] for a in n]", "[x[1:] in y for a in n]", "[f'{x}' for a in n]", "[f'{x}{a}{a}' for a in n]",
        "[x + 'b' for a in n]", "[max(x, y) for a in n]", "[max([x, y, x, y]) for a in n]", "[[x, x, x, x] == [y, y, y, y] for a in n]",
        "[x for a in n]", "[{'a': x} for a in n]", "[{x + str(a): 1} for a in n]", "[x + str(a) in d for a in n]", "[int(x) for a in n]",
        "f'" + "{x}" * 90 + "'", "x + " * 30 + "x", "[x[a] for a in n]", "[s.strip() == '' for a in n]",
        "[(x + 'b') == (y + 'c') for a in n]",
    ):
        data = {"x": long, "y": long[:-1] + "b", "s": spaces, "w": wide, "n": NUMBERS[:400], "d": {}, "p": "a" * 49 + "b" + "a" * 49,
                "q": "b" + "a" * 98}
        yield f"text {source[:50]}", _line(source, {k: v for k, v in data.items() if k in source}), None
    for source in ("[x == y for a in x]", "x.upper() == y", "x.lower()", "x in y", "[x, y, x, y] == [y, x, y, x]"):
        yield f"astral {source}", _line(source, {"x": "a" * 30_000 + "😀", "y": "a" * 30_000 + "😁"}), None
    yield "ligature", _line("x.upper()", {"x": "ﬃ" * 6_600}), None
    yield "script texts", _line("y = [" + ",".join(["x"] * 100) + "]\n" + "z = y\n" * 50, {"x": "安" * 19_000}, "script"), None
    yield "script copies", _line("".join(f"y{n} = x\n" for n in range(60)), {"x": NUMBERS}, "script"), None
    yield "script slices", _line("".join(f"y{n} = x[:]\n" for n in range(60)), {"x": NUMBERS[:300]}, "script"), None
    yield "script keys", _line("y = {" + ",".join(f"'{n}': x" for n in range(150)) + "}", {"x": NUMBERS[:900]}, "script"), None


def _full() -> Iterator[tuple[str, bytes, bool | None]]:
    """A whole line of one thing."""
    for name, opening, item, closing in (
        ("lists", "[", "[],", "]"), ("objects", "[", "{},", "]"), ("numbers", "[", "1,", "]"), ("pairs", "[", '{"a":1},', "]"),
        ("floats", "[", "1.5e300,", "]"), ("nulls", "[", "null,", "]"), ("texts", "[", '"",', "]"), ("wide", '"', "安", '"'),
        ("surrogate pairs", '"', "\\ud83d\\ude00", '"'), ("escapes", '"', "\\u0001", '"'),
    ):
        for source in ("x", "x == x", "[x, x]", "[x == x for a in [1, 2, 3, 4, 5, 6, 7, 8, 9]]", "x[:]", "len(x)", "[a for a in x]"):
            yield f"full {name} {source[:30]}", _filled(source, opening, item, closing), None
        yield f"full {name} script", _filled("y = 1", opening, item, closing, "script"), None
        yield f"full {name} copy", _filled("y = x\nz = x\nu = x", opening, item, closing, "script"), None
    keys = ",".join(f'"{n}":{n}' for n in range(5_000))
    for source in ("x", "x == y", "[k for k in x]", "[k in x for k in x]"):
        yield f"full keys {source}", f'{{"kind":"expr","source":"{source}","data":{{"x":{{{keys}}},"y":1}}}}'.encode(), None
