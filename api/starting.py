"""`make run`: prepares everything, starts the engine and the gateway under a supervisor, and stops them again."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import yaml
from cryptography.fernet import Fernet
from pydantic import SecretStr
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy.exc import SQLAlchemyError

from actions.catalogue.importing import import_catalogue
from actions.catalogue.problems import CatalogueProblems
from api.settings import ROOT, Settings
from api.store.database import open_engine
from api.store.migrating import migrate
from api.training import STEPS, TrainingFailed, model_path, train_model

FREE_BYTES_AT_LEAST = 300 * 1024 * 1024
READY_WITHIN_SECONDS = 240
STOP_WITHIN_SECONDS = 15

console = Console(highlight=False)


class CannotStart(SystemExit):
    """One clear sentence, and exit status 1."""

    def __init__(self, code: str, **slots: object) -> None:
        console.print(load_sentences()[code].format(**slots), style="bold red", markup=False)
        super().__init__(1)


def load_sentences() -> dict[str, str]:
    """What is said to whoever starts the assistant."""
    sentences: dict[str, str] = yaml.safe_load((Path(__file__).parent / "starting.yml").read_text("utf-8"))
    return sentences


def say(code: str, **slots: object) -> None:
    console.print(load_sentences()[code].format(**slots), markup=False)


def run() -> None:
    """Starts everything and blocks until it is told to stop."""
    settings = Settings()
    for told in (signal.SIGTERM, signal.SIGINT):  # a shell's background job would ignore SIGINT
        signal.signal(told, interrupt)
    try:
        check_machine(settings)
        keys = make_keys(settings)
        load_catalogue(settings)
        model = prepare_model(settings)
        supervise(settings, model, keys)
    except KeyboardInterrupt:
        say("stopped")
    except OSError as error:
        raise CannotStart("no_disk", error=error.strerror or error) from error


def interrupt(number: int, frame: FrameType | None) -> None:
    """SIGTERM ends the program as Ctrl-C does."""
    raise KeyboardInterrupt


def check_machine(settings: Settings) -> None:
    """A free port, room on disk, the assistant's environment."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise CannotStart("port_in_use", port=settings.port) from error
    settings.data.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(settings.data).free < FREE_BYTES_AT_LEAST:
        raise CannotStart("no_disk", error=settings.data)
    if not settings.assistant_python.is_file():
        raise CannotStart("no_python310")


def make_keys(settings: Settings) -> dict[str, str]:
    """The keys as environment variables; those not set are made once and kept in the data folder."""
    folder = settings.data / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    made: dict[str, tuple[SecretStr, Callable[[], str]]] = {
        "ZHUWO_ENGINE_KEY": (settings.engine_key, lambda: secrets.token_hex(32)),
        "ZHUWO_SEAL_KEY": (settings.seal_key, lambda: Fernet.generate_key().decode()),
    }
    keys = {}
    for name, (told, make) in made.items():
        file = folder / name.lower()
        if not told.get_secret_value() and not file.is_file():
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as kept:
                kept.write(make())
        keys[name] = told.get_secret_value() or file.read_text()
    return keys


def load_catalogue(settings: Settings) -> str:
    """Migrates the database and brings the catalogue up to the shipped content; returns the edition."""
    try:
        migrate(settings.url_of_database)
        engine = open_engine(settings.url_of_database)
        with engine.begin() as connection:
            edition = import_catalogue(connection, settings.catalogue)
        engine.dispose()
    except CatalogueProblems as problems:
        for problem in problems.problems:
            console.print(str(problem), markup=False)
        raise CannotStart("broken_catalogue", count=len(problems.problems)) from problems
    except SQLAlchemyError as error:
        raise CannotStart("no_database", error=type(error).__name__) from error
    say("catalogue_loaded", edition=edition)
    return edition


def prepare_model(settings: Settings) -> Path:
    """The model for the present data, trained when there is none yet."""
    model = model_path(settings)
    if model.is_file():
        say("model_found")
        return model
    sentences = load_sentences()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(sentences["training_start"], total=len(STEPS))

        def tell(step: str) -> None:
            sentence = sentences[f"training_{step}"]
            progress.update(task, advance=1, description=sentence)
            if not console.is_terminal:
                console.print(sentence, markup=False)

        try:
            return train_model(settings, tell)
        except TrainingFailed as failure:
            raise CannotStart("training_failed", log=failure.log) from failure


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def supervise(settings: Settings, model: Path, keys: dict[str, str]) -> None:
    """Runs the supervisor until it ends or this program is told to stop."""
    data = settings.data.resolve()
    engine_port, actions_port = free_port(), free_port()
    run_folder = data / "run"
    run_folder.mkdir(mode=0o700, exist_ok=True)
    (data / "logs").mkdir(exist_ok=True)
    control = run_folder / "supervisor.sock"
    config = run_folder / "supervisord.conf"
    template = (Path(__file__).parent / "supervisord.conf").read_text("utf-8")
    config.write_text(
        template.format(
            socket=control,
            run=run_folder,
            logs=data / "logs",
            root=ROOT,
            engine=f"{settings.assistant_python} {ROOT / 'assistant' / 'serve.py'} {model} {engine_port}",
            gateway=f"{sys.executable} -m api.main",
        ),
        "utf-8",
    )
    environment = os.environ | keys
    environment.pop("VIRTUAL_ENV", None)
    environment |= {
        "ZHUWO_DATA": str(data),
        "ZHUWO_ACTIONS_PORT": str(actions_port),
        "ZHUWO_ENGINE_URL": f"http://127.0.0.1:{engine_port}",
        "ZHUWO_SUPERVISOR_SOCKET": str(control),
    }
    # a session of its own: Ctrl-C reaches only this program, which then stops the rest in order
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(config)],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        await_ready(settings, supervisor)
        supervisor.wait()
        raise CannotStart("ended", log=data / "logs")
    finally:
        stop(supervisor)


def await_ready(settings: Settings, supervisor: subprocess.Popen[bytes]) -> None:
    """Waits until a canary turn was answered, then says where everything is."""
    address = f"http://{'127.0.0.1' if settings.host == '0.0.0.0' else settings.host}:{settings.port}"  # noqa: S104
    say("starting")
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if supervisor.poll() is not None:
            raise CannotStart("ended", log=settings.data / "logs")
        try:
            urllib.request.urlopen(f"{address}/readyz", timeout=2)  # noqa: S310  (our own http address)
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
        else:
            say("ready", address=address, logs=settings.data / "logs")
            return
    raise CannotStart("not_ready", log=settings.data / "logs")


def stop(supervisor: subprocess.Popen[bytes]) -> None:
    """Stops the supervisor and everything it started."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if supervisor.poll() is None:
        supervisor.terminate()
        try:
            supervisor.wait(STOP_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(supervisor.pid, signal.SIGKILL)
