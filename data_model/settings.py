"""What the environment says about this installation (twelve-factor); .env.example explains each name."""
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SHORTEST_SECRET = 32
LANGUAGES = ("zh", "en")


class BadSettings(ValueError):
    """The environment holds something Anlan cannot start with."""


@dataclass(frozen=True)
class Mail:
    """Where mail is handed over; without a server none is sent and messages stay inside Anlan."""

    server: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    sender: str = ""
    tls: bool = False


@dataclass(frozen=True)
class Settings:
    """One installation."""

    home: Path  # what Anlan keeps beside the database: secret key, embedded database, files
    database_url: str
    secret_key: str
    storage: Path  # uploaded files, by fingerprint
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8
    address: str = ""  # how people reach it from outside, such as https://anlan.example.com; for links in mail
    trusted_hosts: tuple[str, ...] = ()  # empty: any
    trusted_proxy: str = ""  # address of the reverse proxy whose X-Forwarded-* headers are believed
    time_zone: str = "Asia/Shanghai"
    languages: tuple[str, ...] = LANGUAGES
    mail: Mail = Mail()
    robot_hosts: tuple[str, ...] = ()  # further hosts that group robots may be at, such as a relay of one's own

    @property
    def https(self) -> bool:
        """Whether cookies may insist on a secure connection."""
        return self.address.startswith("https://")


def read(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings the environment gives, with the secret key of the first start.

    Raises:
        BadSettings: with the name of the variable and what is wrong with it.
    """
    home = Path(environ.get("ANLAN_HOME") or "instance").absolute()
    return Settings(
        home=home,
        database_url=_database_url(environ.get("DATABASE_URL") or f"sqlite:///{home / 'anlan.db'}"),
        secret_key=_secret_key(environ.get("SECRET_KEY", ""), home),
        storage=Path(environ.get("ANLAN_STORAGE") or home / "storage").absolute(),
        host=environ.get("ANLAN_HOST") or "127.0.0.1",
        port=_number(environ, "ANLAN_PORT", 8000),
        threads=_number(environ, "ANLAN_THREADS", 8),
        address=(environ.get("ANLAN_ADDRESS") or "").rstrip("/"),
        trusted_hosts=_words(environ.get("ANLAN_TRUSTED_HOSTS", "")),
        trusted_proxy=environ.get("ANLAN_TRUSTED_PROXY", ""),
        time_zone=environ.get("ANLAN_TIME_ZONE") or "Asia/Shanghai",
        languages=_languages(environ.get("ANLAN_LANGUAGES", "")),
        mail=Mail(
            server=environ.get("MAIL_SERVER", ""), port=_number(environ, "MAIL_PORT", 25), user=environ.get("MAIL_USER", ""),
            password=environ.get("MAIL_PASSWORD", ""), sender=environ.get("MAIL_SENDER", ""),
            tls=environ.get("MAIL_TLS", "").lower() in ("1", "true", "yes"),
        ),
        robot_hosts=tuple(host.lower() for host in _words(environ.get("ANLAN_ROBOT_HOSTS", ""))),
    )


def _database_url(address: str) -> str:
    """Hosting services still hand out postgres://, which SQLAlchemy does not know."""
    for prefix in ("postgres://", "postgresql://"):
        if address.startswith(prefix):
            return "postgresql+psycopg2://" + address.removeprefix(prefix)
    return address


def _secret_key(told: str, home: Path) -> str:
    """The key from the environment, or the one made at the first start and kept where only the owner reads it."""
    if told:
        if len(told) < SHORTEST_SECRET:
            raise BadSettings(f"SECRET_KEY must have at least {SHORTEST_SECRET} characters")
        return told
    path = home / "secret_key"
    home.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    kept = path.read_text().strip()
    if len(kept) < SHORTEST_SECRET:
        raise BadSettings(f"{path} holds no key; delete it and everybody signs in again")
    return kept


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(environ.get(name) or default)
    except ValueError:
        raise BadSettings(f"{name} must be a number, not {environ[name]!r}") from None


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _languages(text: str) -> tuple[str, ...]:
    chosen = _words(text) or LANGUAGES
    if unknown := set(chosen) - set(LANGUAGES):
        raise BadSettings(f"ANLAN_LANGUAGES knows {', '.join(LANGUAGES)}, not {', '.join(sorted(unknown))}")
    return chosen
