"""All settings in one place, from the environment (prefix ``ZHUWO_``) or a ``.env`` file; built once, passed down."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
SHANGHAI = ZoneInfo("Asia/Shanghai")


class Settings(BaseSettings):
    """Times in seconds. Keys that are not set are made on the first start and kept in ``<data>/keys/``."""

    model_config = SettingsConfigDict(env_prefix="ZHUWO_", env_file=".env", extra="ignore", frozen=True)

    data: Path = Path("var")
    """Everything made at run time: database, models, keys, logs."""
    host: str = "127.0.0.1"
    """Where the gateway listens. Plain http is for localhost; anything else belongs behind TLS."""
    port: int = Field(default=8000, ge=1, le=65535)
    database_url: str = ""
    """SQLAlchemy URL; empty: SQLite in the data folder. ``postgresql+psycopg://…`` for PostgreSQL."""
    catalogue: Path = ROOT / "actions" / "catalogue" / "data"
    """The YAML files that are loaded at the start."""
    assistant_python: Path = ROOT / "assistant" / ".venv" / "bin" / "python"
    """The interpreter that has Rasa."""
    demonstration: bool = True
    """Show the fictional places labelled 演示."""
    engine_url: str = "http://127.0.0.1:5005"
    actions_port: int = Field(default=5055, ge=0, le=65535)
    engine_key: SecretStr = SecretStr("")
    seal_key: SecretStr = SecretStr("")
    supervisor_socket: str = ""
    """The supervisor's control socket; empty: nobody restarts the engine for us."""
    engine_deadline: float = 5.0
    actions_deadline: float = 3.0
    engine_admits: int = 32
    queue_wait: float = 2.0
    canary_every: float = 10.0
    fragment_pause: float = 0.7
    """How long a short message waits for the rest of the sentence."""
    messages_a_minute: int = 30
    conversations_a_minute: int = 600
    """Per address: a training room or a carrier's shared address must never meet it."""
    receive_deadline: float = 12.0
    """A connection that has not sent a whole request by then is closed."""
    ping_every: float = 15.0
    """An open stream of events sends a comment this often, so that nothing between takes it for dead."""
    clock: dt.datetime | None = None
    """A fixed time for tests; None: the real time."""

    @property
    def url_of_database(self) -> str:
        return self.database_url or f"sqlite:///{self.data.resolve() / 'zhuwo.db'}"

    def now(self) -> dt.datetime:
        """The time of a turn, in Asia/Shanghai."""
        if self.clock is None:
            return dt.datetime.now(SHANGHAI)
        return self.clock.replace(tzinfo=SHANGHAI) if self.clock.tzinfo is None else self.clock.astimezone(SHANGHAI)
