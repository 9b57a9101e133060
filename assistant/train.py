"""Trains a model from nlu_data/ (and any further folders of training data) and writes it to one file.

    python train.py OUT.tar.gz DATA [DATA ...]

Prints one line for each step, so that whoever started it can show progress.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import List

HOME = Path(__file__).parent


def train_model(out: Path, data: List[str]) -> None:
    """Writes the model to `out`, whole or not at all."""
    os.chdir(HOME)
    sys.path.insert(0, str(HOME))
    print("step import", flush=True)
    from importing import SentencesImporter
    from rasa.model_training import train
    from rasa.shared.importers.importer import TrainingDataImporter

    # Rasa would wrap it into three more that add end-to-end stories and responses: we have neither, and each copies
    # and fingerprints all sentences
    TrainingDataImporter.load_from_config = staticmethod(
        lambda config, domain, files, arguments: SentencesImporter(config, domain, files)
    )
    print("step train", flush=True)
    result = train(
        domain="domain",
        config="config.yml",
        training_files=["rules", *data],
        output=str(out.parent),
        fixed_model_name=f"{out.name}.part",
        force_training=True,
    )
    if result.code != 0 or result.model is None:
        raise SystemExit(f"training failed with code {result.code}")
    os.replace(result.model, out)
    print("step done", flush=True)


if __name__ == "__main__":
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    target = Path(sys.argv[1]).resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    train_model(target, [str(Path(folder).resolve()) for folder in sys.argv[2:]])
