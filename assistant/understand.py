"""Understands one sentence with a trained model and tells why, as JSON on standard output.

    python understand.py MODEL.tar.gz  <  {"text": ..., "memory": {"topic": ..., "aspect": ...}, "now": ISO time}

Prints `{"understanding": ..., "explained": ...}`; the second is what `Understander.explain` gives.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict

HOME = Path(__file__).parent


def load_component(model: Path, folder: Path) -> Any:
    """The component that understands, from a model unpacked into `folder`."""
    from components.topic_and_aspect import TopicAndAspect
    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.storage.local_model_storage import LocalModelStorage

    storage, metadata = LocalModelStorage.from_model_archive(folder, model)
    nodes = metadata.predict_schema.nodes.values()
    node = next(node for node in nodes if issubclass(node.uses, TopicAndAspect))
    config = {**node.uses.get_default_config(), **node.config}
    return node.uses.load(config, storage, node.resource, ExecutionContext(GraphSchema({})))


def explain(model: Path, asked: Dict[str, Any]) -> Dict[str, Any]:
    from rasa.shared.nlu.training_data.message import Message

    with tempfile.TemporaryDirectory() as folder:
        component = load_component(model, Path(folder))
    metadata = {name: asked[name] for name in ("memory", "now")}
    message = Message({"text": asked["text"], "metadata": metadata})
    (understood,) = component.process([message])
    explained = component.understander.explain(asked["text"])
    return {"understanding": understood.get("understanding"), "explained": explained}


def main(model: Path) -> None:
    asked = json.load(sys.stdin)
    sys.path.insert(0, str(HOME))
    from serve import keep_log_quiet

    with contextlib.redirect_stdout(sys.stderr):
        keep_log_quiet()
        found = explain(model, asked)
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main(Path(sys.argv[1]).resolve())
