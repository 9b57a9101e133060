"""The engine's only entry: loads one model, applies the measured patch, listens on loopback.

    python serve.py MODEL PORT

Environment: ZHUWO_ENGINE_KEY (shared with the gateway), ZHUWO_ACTIONS_PORT (the gateway's actions listener).
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Any, Dict, Text

HOME = Path(__file__).parent
LOOPBACK = "127.0.0.1"


def check_results_quickly() -> None:
    """Rasa validates each action's answer and, each time anew, the schema itself: half of a stock turn. The
    same schema, checked once, gives the same verdicts (tests/assistant/test_engine.py)."""
    from jsonschema import validators
    from rasa.core.actions.action import RemoteAction

    schema = RemoteAction.action_response_format_spec()
    kind = validators.validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)

    def validate(self: RemoteAction, result: Dict[Text, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate


def keep_log_quiet() -> None:
    """Warnings and errors only: Rasa's debug lines would write what residents said into the log."""
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    logging.basicConfig(level=logging.WARNING, force=True)
    configure_logging_and_warnings(logging.WARNING)
    configure_structlog(logging.WARNING)


def serve(model: Path, port: int) -> None:
    """Blocks until the process is told to stop. A missing model is an error, never a server without one."""
    if not model.is_file():
        raise SystemExit(f"model not found: {model}")
    os.chdir(HOME)
    sys.path.insert(0, str(HOME))
    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints

    keep_log_quiet()
    check_results_quickly()
    serve_application(
        model_path=str(model),
        interface=LOOPBACK,
        port=port,
        credentials="credentials.yml",
        endpoints=AvailableEndpoints.read_endpoints("endpoints.yml"),
        enable_api=False,
    )


if __name__ == "__main__":
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    serve(Path(sys.argv[1]).resolve(), int(sys.argv[2]))
