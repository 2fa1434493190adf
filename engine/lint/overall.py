"""A decision table as a whole: rows that fit at once, rows that never get their turn, and cases that no row thought of."""
from collections.abc import Iterator

from engine.dmn.looking_over import Overview, gaps_unknown, look_over
from engine.dmn.ready import Ready
from engine.lint.finding import Draft, Drafts, error, warning

RULES = frozenset({"overlap", "duplicate-rule", "shadowed-rule", "gap", "not-checked"})


def drafts(table: Ready) -> Iterator[tuple[str, Draft]]:
    """By the name of the rule. `table` has no cell that cannot be read."""
    found = look_over(table)
    for name, said in (("overlap", _overlap), ("duplicate-rule", _duplicate), ("shadowed-rule", _shadowed), ("gap", _gap),
                       ("not-checked", _not_checked)):
        yield from ((name, draft) for draft in said(table, found))


def _overlap(table: Ready, found: Overview) -> Drafts:
    alike = table.table.policy == "ANY"
    for first, second, where in found.overlaps:
        text = ("第 {first} 行与第 {second} 行同时符合而结果不同（{where}），ANY 不允许，请改正其中一行" if alike
                else "第 {first} 行与第 {second} 行同时符合（{where}），UNIQUE 不允许，请改正其中一行，或改用 FIRST")
        yield error(_row(table, second), text, first=first, second=second, where=where)


def _duplicate(table: Ready, found: Overview) -> Drafts:
    for first, second in found.twins:
        if table.table.policy != "UNIQUE":  # there it is an overlap
            yield warning(_row(table, second), "第 {second} 行的条件与第 {first} 行相同，请删去其中一行", first=first, second=second)


def _shadowed(table: Ready, found: Overview) -> Drafts:
    for number in found.shadowed:
        yield warning(_row(table, number), "第 {row} 行永远轮不到：它的情形都已被上面各行取走，请上移、改正或删去", row=number)


def _gap(table: Ready, found: Overview) -> Drafts:
    for where in found.gaps:
        yield warning(table.table.id, "没有一行符合这种情形：{where}；那时结果是空的，请补一行", where=where)


def _not_checked(table: Ready, found: Overview) -> Drafts:
    if found.unchecked:
        yield warning(table.table.id, "决策表太大，重叠和遗漏没有全部检查，请用测试行验证或拆成几张表")
    for first, second in found.unsure[:5]:
        yield warning(_row(table, second), "第 {first} 行与第 {second} 行是否重叠未能检查：其中有自由写的条件", first=first, second=second)
    if gaps_unknown(table, found):
        yield warning(table.table.id, "第 {rows} 行有自由写的条件，是否有遗漏未能检查，请在最后加一行各格为 - 的规则，或用测试行验证",
                      rows="、".join(map(str, found.free[:20])))


def _row(table: Ready, number: int) -> str:
    return table.table.rows[number - 1].id
