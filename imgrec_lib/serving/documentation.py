"""The page that describes the HTTP interface, made from its OpenAPI document; nothing is loaded from elsewhere."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jinja2

PAGE = Path(__file__).parent / "page"


def render(document: dict[str, Any]) -> str:
    """HTML with every operation of an OpenAPI 3.1 document: parameters, body, answers."""
    operations = [
        {"method": method.upper(), "path": path, **operation}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    schemas = document.get("components", {}).get("schemas", {})
    return _template().render(info=document["info"], operations=operations, schemas=schemas, kind=kind)


@functools.cache
def _template() -> jinja2.Template:
    import jinja2

    loader = jinja2.FileSystemLoader(PAGE)
    return jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True).get_template("docs.html")


def kind(schema: dict[str, Any]) -> str:
    """What a JSON schema allows, in few words, such as "list of Prediction"."""
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(kind(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {kind(schema['items'])}"
    if isinstance(schema.get("additionalProperties"), dict):
        return f"object of {kind(schema['additionalProperties'])}"
    if schema.get("format") == "binary":
        return "file"
    return schema.get("type") or (json.dumps(schema["const"]) if "const" in schema else "anything")
