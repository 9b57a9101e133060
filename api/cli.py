"""`zhuwo …`: what operators do from a shell. Every command ends with status 0, or says in a sentence why not.

Commands load what they need when they run: checking a file must not wait for the gateway and Rasa's SDK.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

import yaml

from actions.catalogue import aliases
from actions.catalogue.checking import check_reading
from actions.catalogue.edition import NoEdition, build_edition, load_edition, without_demonstration
from actions.catalogue.problems import CatalogueProblems
from actions.catalogue.reading import read_files
from api.catalogue_commands import GENERATED, add_commands, check_coverage
from api.evaluation import commands as evaluation
from api.evaluation.asking import NLU_DATA
from api.settings import ROOT, Settings
from api.shell import open_database, say, word
from api.training import model_path, train_model

if TYPE_CHECKING:
    from api.store.journal import Record


# -- commands -------------------------------------------------------------------------------------


def run(settings: Settings, told: argparse.Namespace) -> int:
    """Start everything, and stop it again on Ctrl-C or SIGTERM."""
    from api import starting

    starting.run()
    return 0


def train(settings: Settings, told: argparse.Namespace) -> int:
    """Train the model for the present sentences, anew."""
    from api import starting

    train_model(settings, lambda step: say(starting.load_sentences()[f"training_{step}"]))
    say(str(model_path(settings)))
    return 0


def check(settings: Settings, told: argparse.Namespace) -> int:
    """Check the shipped catalogue, what it tells of every compiled fact, and that the sentences in nlu_data/ fit it."""
    from api.sentences import SAY, check_sentences

    reading = read_files(settings.catalogue)
    problems = [str(problem) for problem in check_reading(reading)]
    if not problems:
        domain = yaml.safe_load((ROOT / "assistant" / "domain" / "domain.yml").read_text("utf-8"))
        acts = frozenset(name for intent in domain["intents"] for name in intent if name.startswith(SAY))
        findings = check_sentences(NLU_DATA, reading.content, acts)
        problems += [f"nlu_data/{problem}" for problem in findings.problems]
        say(findings.summary)
        if not aliases.check_training(build_edition(reading.content), GENERATED):
            problems.append(word("stale"))
        problems += check_coverage(reading)
    for problem in problems or [word("checked")]:
        say(problem)
    return 1 if problems else 0


def explain(settings: Settings, told: argparse.Namespace) -> int:
    """Show what was understood and said in a turn, and answer it again from the catalogue as it was then."""
    from api.store import journal

    engine = open_database(settings)
    with engine.begin() as connection:
        record = journal.get_record(connection, told.turn)
        if record is None:
            say(word("no_turn", turn=told.turn))
            return 1
        shown = record.turn.model_dump(mode="json") | {"points": record.points, "figures": record.figures}
        say(yaml.safe_dump(shown | {"asked": record.asked, "action": record.action}, allow_unicode=True))
        if record.action is None:
            say(word("failed_turn", failure=record.failure))
            return 0
        try:
            edition = load_edition(connection, record.turn.catalogue_edition)
        except NoEdition:
            say(word("no_edition"))
            return 1
    again = answer_again(record, edition if settings.demonstration else without_demonstration(edition))
    same = record.turn.reply is not None and again == record.turn.reply.text
    say(word("same") if same else f"{word('differs')}\n{again}")
    return 0 if same else 1


def answer_again(record: Record, edition: Any) -> str:
    """The text that the recorded action gives for what was asked then."""

    from actions.turn import Asked
    from api.actions_host import build_actions

    class Then:
        def current(self) -> Any:
            return edition

    asked = Asked.from_recorded(record.asked)
    return str(build_actions(Then())[record.action or ""].answer(asked, edition).text)


def erase(settings: Settings, told: argparse.Namespace) -> int:
    """Erase a conversation and everything that belongs to it."""
    from api.store import journal

    with open_database(settings).begin() as connection:
        erased = journal.erase(connection, told.conversation)
    say(word("erased" if erased else "no_conversation", conversation=told.conversation))
    return 0 if erased else 1


# -- the command line -----------------------------------------------------------------------------


def build_parser(settings: Settings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="zhuwo", description="助我 Zhuwo")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, do in {"run": run, "train": train, "check": check}.items():
        commands.add_parser(name, help=do.__doc__).set_defaults(do=do)
    evaluation.add_commands(commands)
    add_commands(commands.add_parser("catalogue", help="The catalogue's files."), settings)
    for name, do, what in (("explain", explain, "turn"), ("erase", erase, "conversation")):
        added = commands.add_parser(name, help=do.__doc__)
        added.add_argument(what)
        added.set_defaults(do=do)
    return parser


def main() -> None:
    settings = Settings()
    told = build_parser(settings).parse_args()
    try:
        status = told.do(settings, told)
    except CatalogueProblems as problems:
        say(str(problems))
        status = 1
    sys.exit(status)


if __name__ == "__main__":
    main()
