"""Whether a form drawn with form-js is one that we show: every word of it is looked at before it is deployed."""
import keyword
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from forms.base import StepForm
from forms.conditions import BadCondition, names, parse
from forms.design_tree import GROUP, KNOWN, QUESTIONS, ROWS, WORDS, hide_of, load
from forms.dictionaries import DICTIONARIES
from forms.patterns import LONGEST, BadPattern, compiled

LARGEST, MOST_FIELDS, DEEPEST, MOST_FINDINGS = 200_000, 200, 5, 100
KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}", re.ASCII)
PAGE = {"outcome", "by", "for", "opinion", "votes", "files", "signature", "csrf_token", "idem_key", "next", "nodes", "gone"}
RESERVED = PAGE | set(keyword.kwlist) | set(dir(StepForm)) | {"true", "false", "null", "context", "locks", "form_errors", "errors", "data"}
CHOOSING = {"radio", "select", "checklist", "taglist"}
LIMITS = {"label": 200, "dateLabel": 200, "timeLabel": 200, "description": 500, "text": 5000}
ELSEWHERE = {"button": "按钮由流程图的 outcomes 决定", "html": "不允许 HTML", "iframe": "不允许嵌入网页", "image": "不允许外部图片",
             "expression": "不支持计算字段", "table": "不支持数据表格", "filepicker": "请改用“附件”", "documentPreview": "不支持文档预览"}


@dataclass(frozen=True)
class Finding:
    """One thing wrong; the same words and ways as a finding of engine.lint, which this floor does not know."""

    element: str
    rule: str
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)
    severity: str = "error"

    def message(self, translate: Callable[[str], str] = str) -> str:
        return translate(self.text).format(**{name: translate(said) if name == "why" else said for name, said in self.params.items()})

    def plain(self, translate: Callable[[str], str] = str) -> dict[str, str]:
        return {"element": self.element, "rule": self.rule, "severity": self.severity, "text": self.message(translate)}


def check(text: str) -> list[Finding]:
    """What keeps a form from being shown; empty: nothing does. Whatever the text holds, findings come back."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        return [Finding("", "form-size", "表单超过 {limit} KB，请精简", {"limit": LARGEST // 1000})]
    try:
        schema = load(text)
    except ValueError:
        return [Finding("", "form-json", "这不是有效的表单文件（form-js 的 JSON）")]
    found = []
    for finding in _Checked(schema).findings():
        found.append(finding)
        if len(found) == MOST_FINDINGS:
            break
    return found


class _Checked:
    """One schema under the lamp."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema, self.count = schema, 0
        self.seen: dict[str, str] = {}  # key -> scope ('' or the list it stands in)

    def findings(self) -> Iterator[Finding]:
        name = self.schema.get("name", "")
        if not isinstance(name, str) or len(name) > 100:
            yield Finding("", "form-name", "表单名称须是不超过 {limit} 个字的文字", {"limit": 100})
        yield from self._inside(self.schema.get("components"), "", 1)
        if not self.seen and self.count == 0:
            yield Finding("", "form-empty", "表单还没有字段，请至少添加一个", severity="warning")

    def _inside(self, components: Any, scope: str, deep: int) -> Iterator[Finding]:
        if components is None:
            return
        if not isinstance(components, list):
            yield Finding("", "form-json", "这不是有效的表单文件（form-js 的 JSON）")
        elif deep > DEEPEST:
            yield Finding("", "form-depth", "分组套得太深，最多 {limit} 层", {"limit": DEEPEST})
        else:
            for one in components:
                self.count += 1
                if self.count > MOST_FIELDS:
                    if self.count == MOST_FIELDS + 1:
                        yield Finding("", "form-fields", "表单超过 {limit} 个组件，请拆成几个步骤", {"limit": MOST_FIELDS})
                    return
                yield from self._one(one, scope, deep)

    def _one(self, one: Any, scope: str, deep: int) -> Iterator[Finding]:
        if not isinstance(one, dict) or not isinstance(one.get("type"), str):
            yield Finding("", "form-json", "这不是有效的表单文件（form-js 的 JSON）")
            return
        part = _Part(one, self.seen, scope)
        yield from part.findings()
        if part.key and part.is_good_key:
            self.seen.setdefault(part.key, scope)
        if part.kind in (GROUP, ROWS):
            yield from self._inside(one.get("components"), part.key if part.kind == ROWS else scope, deep + 1)


class _Part:
    """One component, with the keys that stand before it."""

    def __init__(self, one: dict[str, Any], seen: Mapping[str, str], scope: str) -> None:
        self.one, self.seen, self.scope, self.kind = one, seen, scope, str(one["type"])

    @cached_property
    def key(self) -> str:
        found = self.one.get("path" if self.kind == ROWS else "key") if self.kind in QUESTIONS or self.kind == ROWS else ""
        return found if isinstance(found, str) else ""

    @property
    def is_good_key(self) -> bool:
        return KEY.fullmatch(self.key) is not None and self.key not in RESERVED

    def says(self, rule: str, text: str, severity: str = "error", **params: Any) -> Finding:
        label = self.one.get("label")
        name = (label if isinstance(label, str) and label.strip() else self.key or self.kind)[:60]
        return Finding(str(self.one.get("id") or self.key)[:100], rule, text, {"field": name, **params}, severity)

    def findings(self) -> Iterator[Finding]:
        if self.kind not in KNOWN:
            why = ELSEWHERE.get(self.kind, "没有这种组件")
            yield self.says("form-component", "「{field}」不能使用：组件 {kind}（{why}），请删去", kind=self.kind[:40], why=why)
            return
        yield from self._keyed()
        yield from self._worded()
        yield from self._choosing()
        yield from self._ruled()
        yield from self._conditional()

    def _keyed(self) -> Iterator[Finding]:
        if self.kind == GROUP and self.one.get("path"):
            yield self.says("form-path", "分组「{field}」的路径（Path）请留空")
        if self.kind in WORDS or self.kind == GROUP:
            return
        if self.kind == ROWS and self.scope:
            yield self.says("form-rows", "重复行「{field}」里不能再放重复行")
        if self.kind == "signature" and self.scope:
            yield self.says("form-rows", "重复行里不能放手写签名「{field}」")
        if KEY.fullmatch(self.key) is None:
            yield self.says("form-key", "「{field}」的编号（Key）须以英文字母开头，只含字母、数字、下划线，不超过 40 个字符")
        elif self.key in RESERVED:
            yield self.says("form-key", "「{field}」的编号 {key} 是保留字，请换一个", key=self.key)
        elif self.key in self.seen:
            yield self.says("form-key", "「{field}」的编号 {key} 与前面的字段重复，请换一个", key=self.key)

    def _worded(self) -> Iterator[Finding]:
        for name, limit in LIMITS.items():
            said = self.one.get(name)
            if said is None or said == "":
                continue
            if not isinstance(said, str) or len(said) > limit:
                yield self.says("form-words", "「{field}」的文字太长或不是文字，最多 {limit} 个字", limit=limit)
            elif said.lstrip().startswith("=") or "{{" in said:
                yield self.says("form-words", "「{field}」的标签和说明不支持表达式，请直接写文字")
        if self.kind in QUESTIONS and not any(self.one.get(name) for name in ("label", "dateLabel", "timeLabel")):
            yield self.says("form-label", "「{field}」没有标签，填写的人看不懂，请填写", severity="warning")

    def _choosing(self) -> Iterator[Finding]:
        if self.kind == "dictionary" and self.one.get("dictionary") not in DICTIONARIES:
            yield self.says("form-dictionary", "「{field}」没有选择字典，请选择")
        if self.kind not in CHOOSING:
            return
        if self.one.get("valuesKey") or self.one.get("valuesExpression"):
            yield self.says("form-values", "「{field}」的选项请直接列出，不支持从数据中取")
            return
        values = self.one.get("values")
        if not (isinstance(values, list) and values and all(
                isinstance(v, dict) and isinstance(v.get("value"), str) and v["value"].strip() and len(v["value"]) <= 100
                and isinstance(v.get("label", ""), str) and len(v.get("label", "")) <= 200 for v in values)) or len(values) > MOST_FIELDS:
            yield self.says("form-values", "「{field}」的选项须各有文字的值和标签，1 至 {limit} 项", limit=MOST_FIELDS)
        elif len({v["value"] for v in values}) < len(values):
            yield self.says("form-values", "「{field}」有两个选项的值相同，请改成不同的值")

    def _ruled(self) -> Iterator[Finding]:
        rules = self.one.get("validate")
        if rules is not None and not isinstance(rules, dict):
            yield self.says("form-rules", "「{field}」的校验规则无法读取，请重新设置")
            return
        rules = rules or {}
        for low, high in (("min", "max"), ("minLength", "maxLength")):
            given = [rules[name] for name in (low, high) if rules.get(name) not in (None, "")]
            if not all(_is_number(one) for one in given) or (len(given) == 2 and float(given[0]) > float(given[1])):
                yield self.says("form-rules", "「{field}」的最小值和最大值须是数字，且最小值不大于最大值")
        for name in ("readonly", "disabled"):
            if self.one.get(name) not in (None, "", True, False):
                yield self.says("form-rules", "「{field}」的只读只能是“是”或“否”，不支持表达式")
        pattern = rules.get("pattern")
        if pattern:
            yield from self._pattern(pattern)

    def _pattern(self, pattern: Any) -> Iterator[Finding]:
        try:
            compiled(str(pattern))
        except BadPattern:
            yield self.says("form-pattern", "「{field}」的正则表达式无效，或可能匹配很久：不能有嵌套的不定次重复、前后查找和反向引用，"
                            "最多 {limit} 个字符", limit=LONGEST)

    def _conditional(self) -> Iterator[Finding]:
        source = hide_of(self.one)
        if not source:
            return
        try:
            unknown = sorted(name for name in names(parse(source)) if self.seen.get(name) not in ("", self.scope))
        except BadCondition as problem:
            yield self.says("form-condition", "「{field}」的隐藏条件在“{near}”处读不懂，可用 = != < > and or not() in list contains()",
                            near=str(problem)[:30])
            return
        if unknown:
            yield self.says("form-condition", "「{field}」的隐藏条件只能引用它前面的字段：{names} 不在其中", names="、".join(unknown)[:100])


def _is_number(one: Any) -> bool:
    try:
        return not isinstance(one, bool) and abs(float(one)) < 1e15
    except (TypeError, ValueError):
        return False
