"""The sentences in nlu_data/: reading them, and everything that would teach or judge the model wrongly."""

from api.sentences.checking import Findings, check_sentences
from api.sentences.reading import SAY

__all__ = ["SAY", "Findings", "check_sentences"]
