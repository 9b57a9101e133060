"""Reading a folder of YAML files into records, keeping the line each one and each of its fields stands on.

Every problem in every file is collected before anything is refused. Scalars are read as the text they are
(``450`` and ``08:30`` stay as written; only null, true and false are special): records say what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from actions.catalogue.content import Content, Entry, collect, holds_one, model_of
from actions.catalogue.problems import CatalogueProblems, Problem, messages, say
from actions.catalogue.records import Record

_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _PlainLoader(_BASE):  # type: ignore[misc]
    """YAML whose scalars are text, except null, true and false."""


_PlainLoader.yaml_implicit_resolvers = {}
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])


@dataclass
class Reading:
    """What was read from a folder: the entries that are sound in themselves, and every problem met.

    `lines` finds a record's node by (file, position).
    """

    entries: list[Entry] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    nodes: dict[tuple[str, int], yaml.Node] = field(default_factory=dict)

    @property
    def content(self) -> Content:
        return collect(self.entries, self.headings)

    def complain(self, file: str, line: int, message: str, **slots: object) -> None:
        self.problems.append(Problem(file, line, say(message, **slots)))

    def line_of(self, entry: Entry, path: Sequence[int | str] = ()) -> int:
        """The line on which a record, or the field of it that `path` leads to, stands."""
        return _line(_descend(self.nodes[entry.file, entry.position], path))


def read_files(folder: Path) -> Reading:
    """Read every content file under `folder`; never raises for what stands in the files."""
    reading = Reading()
    if not folder.is_dir():
        reading.complain(".", 0, "no_folder", folder=folder.name)
        return reading
    paths = sorted(path for path in folder.rglob("*") if path.suffix in {".yml", ".yaml"})
    if not paths:
        reading.complain(".", 0, "no_files")
    for path in paths:
        _read_file(reading, path, path.relative_to(folder).as_posix())
    return reading


def read_content(folder: Path) -> Content:
    """The content of a folder whose records are sound in themselves (not checked against each other).

    Raises CatalogueProblems with everything that could not be read.
    """
    reading = read_files(folder)
    if reading.problems:
        raise CatalogueProblems(reading.problems)
    return reading.content


def _read_file(reading: Reading, path: Path, file: str) -> None:
    model = model_of(file)
    if model is None:
        reading.complain(file, 1, "unknown_file")
        return
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        reading.complain(file, 1, "not_utf8")
        return
    reading.headings[file] = heading_of(text)
    try:
        node = yaml.compose(text, Loader=_PlainLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reading.complain(file, mark.line + 1 if mark else 1, "yaml", detail=error.problem or error.context)
        return
    except yaml.YAMLError as error:
        reading.complain(file, 1, "yaml", detail=str(error).splitlines()[0])
        return
    for position, item in _items(reading, file, node, holds_one(model)):
        _read_record(reading, model, item, file, position)


def heading_of(text: str) -> str:
    """The comment lines and blank lines a file begins with."""
    lines = text.splitlines(keepends=True)
    count = 0
    while count < len(lines) and (lines[count].startswith("#") or not lines[count].strip()):
        count += 1
    return "".join(lines[:count])


def _items(reading: Reading, file: str, node: yaml.Node | None, single: bool) -> Iterator[tuple[int, yaml.MappingNode]]:
    """The mappings in a file, one for each record to be, with their positions."""
    if node is None and not single:
        return
    if not single and not isinstance(node, yaml.SequenceNode):
        reading.complain(file, _line(node) if node else 1, "not_list")
        return
    items = node.value if isinstance(node, yaml.SequenceNode) and not single else [node]
    for position, item in enumerate(items):
        if isinstance(item, yaml.MappingNode):
            yield position, item
        else:
            reading.complain(file, _line(item) if item else 1, "not_mapping")


def _read_record(reading: Reading, model: type[Record], node: yaml.MappingNode, file: str, position: int) -> None:
    before = len(reading.problems)
    for field_name, line in _twice(node):
        reading.complain(file, line, "twice_field", field=field_name)
    try:
        record = model.model_validate(_plain(node))
    except ValidationError as error:
        for found in error.errors():
            line = _line(_descend(node, found["loc"]))
            reading.problems.append(Problem(file, line, _translate(found)))
        return
    if len(reading.problems) == before:
        reading.entries.append(Entry(record, file, position))
        reading.nodes[file, position] = node


def _plain(node: yaml.Node) -> Any:
    """The node as dicts, lists, text, True, False and None."""
    if isinstance(node, yaml.MappingNode):
        return {_plain_key(key): _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    if node.tag == "tag:yaml.org,2002:null":
        return None
    if node.tag == "tag:yaml.org,2002:bool":
        return node.value == "true"
    return node.value


def _plain_key(node: yaml.Node) -> str:
    return node.value if isinstance(node, yaml.ScalarNode) else str(node.tag)


def _twice(node: yaml.Node) -> Iterator[tuple[str, int]]:
    """Fields written twice in one mapping, anywhere below `node`, with their lines."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _twice(item)
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            name = _plain_key(key)
            if name in seen:
                yield name, _line(key)
            seen.add(name)
            yield from _twice(value)


def _descend(node: yaml.Node, path: Sequence[int | str]) -> yaml.Node:
    """The node `path` leads to, or the last one on the way that exists."""
    for step in path:
        below: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            below = next((value for key, value in node.value if _plain_key(key) == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            below = node.value[step]
        if below is None:
            return node
        node = below
    return node


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _translate(found: Mapping[str, Any]) -> str:
    """A pydantic error in Chinese, with the field's path."""
    types = messages()["types"]
    slots = {"input": found.get("input"), **found.get("ctx", {})}
    detail = str(types.get(found["type"], types["other"])).format_map(slots)
    name = ".".join(str(step + 1) if isinstance(step, int) else step for step in found["loc"])
    return say("field", field=name, detail=detail) if name else detail
