"""JSON Schemas for editors: what may stand in each kind of file, explained in Chinese (fields.yml) while one types."""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from actions.catalogue.content import MODELS, holds_one, model_of

MODELINE = "# yaml-language-server: $schema="
_DRAFT = "http://json-schema.org/draft-07/schema#"
_TIME = r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$"

Schema = dict[str, Any]


@functools.cache
def wording() -> Mapping[str, Any]:
    """The kinds of record, their fields and the values of lists of choices, in Chinese."""
    found: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "fields.yml").read_text(encoding="utf-8"))
    return found


def name_schema(model: type[BaseModel]) -> str:
    """The file that holds the schema of a kind: ``calendar_day.schema.json``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower() + ".schema.json"


def build_schema(model: type[BaseModel], single: bool) -> Schema:
    """The schema of a file of one kind: one record, or a list of them."""
    record = model.model_json_schema()
    parts: Schema = record.pop("$defs", {})
    known = {model.__name__: record, **parts}
    shapes = {name: _explain(name, _adapt(shape)) for name, shape in known.items()}
    here: Schema = {"$ref": f"#/definitions/{model.__name__}"}
    held = {"allOf": [here]} if single else {"type": "array", "items": here}
    return {"$schema": _DRAFT, "title": wording()[model.__name__]["is"], **held, "definitions": shapes}


def _adapt(part: Any) -> Any:
    """Draft 7, and as lenient as our reader: numbers may stand without quotes where a text is meant."""
    if isinstance(part, list):
        return [_adapt(below) for below in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return {"$ref": part["$ref"].replace("#/$defs/", "#/definitions/")}
    left = {key: value for key, value in part.items() if key not in ("title", "description", "default")}
    if left.get("format") == "time":
        return {"type": "string", "pattern": _TIME}
    if left.get("type") == "string" and not left.keys() & {"enum", "format"}:
        left["type"] = ["string", "number"] if re.search(left.get("pattern", ""), "2024") else "string"
    if "properties" in left:
        return left | {"properties": {name: _adapt(below) for name, below in left["properties"].items()}}
    return {key: _adapt(value) for key, value in left.items()}


def _explain(name: str, shape: Schema) -> Schema:
    """Puts the Chinese descriptions in."""
    said = wording().get(name, {})
    if "enum" in shape:
        meanings = [said.get("values", {}).get(value, value) for value in shape["enum"]]
        listed = "\n".join(f"{value}: {meaning}" for value, meaning in zip(shape["enum"], meanings, strict=True))
        return {**shape, "description": f"{said.get('is', name)}\n{listed}", "enumDescriptions": meanings}
    shape = {"title": said.get("is", name), **shape}
    for field, below in shape.get("properties", {}).items():
        described = said.get("fields", {}).get(field, field)
        # beside a reference nothing else counts in draft 7
        shape["properties"][field] = {"description": described, **({"allOf": [below]} if "$ref" in below else below)}
    return shape


def write_schemas(folder: Path) -> list[Path]:
    """Write the schema of every kind of file into `folder`; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for model in MODELS.values():
        text = json.dumps(build_schema(model, holds_one(model)), ensure_ascii=False, indent=1)
        path = folder / name_schema(model)
        path.write_text(text + "\n", encoding="utf-8")
        written.append(path)
    return written


def add_modelines(folder: Path, schemas: Path) -> list[str]:
    """Name its schema at the head of every content file under `folder` that does not; returns the files changed."""
    changed = []
    for path in sorted(folder.rglob("*.yml")):
        file = path.relative_to(folder).as_posix()
        model = model_of(file)
        held = path.read_bytes()
        if model is None or MODELINE.encode() in held:
            continue
        schema = Path(os.path.relpath(schemas / name_schema(model), path.parent)).as_posix()
        path.write_bytes(f"{MODELINE}{schema}\n".encode() + held)
        changed.append(file)
    return changed
