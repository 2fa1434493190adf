"""DMN files of any size for tests."""
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr


def dmn(inputs: Sequence[tuple[str, str]], outputs: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]], policy: str = "FIRST",
        aggregation: str = "", values: dict[str, str] | None = None, key: str = "grade", default: str = "") -> str:
    """Columns as (expression or name, typeRef); a row is its input cells and then its output cells; `values` by expression or name."""
    declared = values or {}

    def said(tag: str, text: str) -> str:
        return f"<{tag}><text>{escape(text)}</text></{tag}>" if text else ""

    columns = "".join(
        f'<input id="in{i}" label={quoteattr(name)}><inputExpression id="ie{i}" typeRef="{kind}"><text>{escape(name)}</text>'
        f'</inputExpression>{said("inputValues", declared.get(name, ""))}</input>' for i, (name, kind) in enumerate(inputs))
    columns += "".join(f'<output id="out{i}" label={quoteattr(name)} name={quoteattr(name)} typeRef="{kind}">'
                       f'{said("outputValues", declared.get(name, ""))}{said("defaultOutputEntry", default)}</output>'
                       for i, (name, kind) in enumerate(outputs))
    body = "".join(
        f'<rule id="r{n}">' + "".join(
            f'<{"inputEntry" if at < len(inputs) else "outputEntry"} id="r{n}c{at}"><text>{escape(cell)}</text>'
            f'</{"inputEntry" if at < len(inputs) else "outputEntry"}>' for at, cell in enumerate(row)) + "</rule>"
        for n, row in enumerate(rows, 1))
    more = f' aggregation="{aggregation}"' if aggregation else ""
    return ('<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
            f'<decision id="{key}" name="分级"><decisionTable id="t" hitPolicy="{policy}"{more}>{columns}{body}'
            '</decisionTable></decision></definitions>')
