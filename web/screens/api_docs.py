"""The API's document as a page: what there is, what goes in, what comes out. Drawn from the document, no outside help."""
from flask import Blueprint, render_template

from web.access import PUBLIC, allow
from web.api.document import document
from web.doors import VERSION
from web.problems import KINDS

bp = Blueprint("api_docs", __name__, url_prefix=VERSION)

GROUPS = (("tasks", "待办与已办"), ("cases", "流程实例"), ("definitions", "流程定义"), ("picks", "选取人员与地点"), ("files", "照片上传"),
          ("me", "令牌的主人"), ("openapi", "机器可读的文档"))


@bp.get("/docs")
@allow(PUBLIC)
def page():
    told = document()
    deeds = [(method, path, deed) for path, methods in told["paths"].items() for method, deed in methods.items()]
    groups = [(key, title, [one for one in deeds if one[2]["tags"] == [key]]) for key, title in GROUPS]
    return render_template("api/docs.html", told=told, groups=groups, schemas=told["components"]["schemas"], kinds=KINDS, kind_of=kind_of,
                           named=named)


def named(shape) -> str:
    """The name a reference points at; '' when it is none."""
    return shape.get("$ref", "").rpartition("/")[2] if isinstance(shape, dict) else ""


def kind_of(shape) -> str:
    """A type as programmers read it: 'string(date) | null', 'TaskRow[]'."""
    if "$ref" in shape:
        return named(shape)
    if "anyOf" in shape:
        return " | ".join(dict.fromkeys(kind_of(one) for one in shape["anyOf"]))
    if "const" in shape:
        return f'"{shape["const"]}"'
    types = shape.get("type", "any")
    words = []
    for one in [types] if isinstance(types, str) else types:
        inside = f"({shape['format']})" if "format" in shape and one == "string" else ""
        words.append(f"{kind_of(shape.get('items', {}))}[]" if one == "array" else one + inside)
    return " | ".join(words)
