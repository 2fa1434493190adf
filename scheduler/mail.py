"""Carries one outbox message out as an e-mail."""
import smtplib
from email.message import EmailMessage
from urllib.parse import quote

from data_model.outbox import OutboxMessage
from data_model.settings import Settings

TIMEOUT = 15.0  # seconds


def letter(settings: Settings, message: OutboxMessage, to: str) -> EmailMessage:
    """The message as a letter; its id is the outbox key, so that a second delivery can be recognised."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = settings.mail.sender or "anlan@localhost", to, message.subject
    mail["Message-ID"] = message_id(message.dedupe_key)
    address = settings.address or f"http://{settings.host}:{settings.port}"
    mail.set_content(f"{message.body}\n\n{address}{message.link}\n")
    return mail


def message_id(key: str) -> str:
    """Without the colons of a key: readers of mail cut an id off at the first one."""
    return f"<{quote(key, safe='')}@anlan>"


def send(settings: Settings, message: OutboxMessage, to: str) -> None:
    """Hand the letter to the mail server.

    Raises:
        OSError, smtplib.SMTPException: when it was not taken; the outbox tries again later.
    """
    server = settings.mail
    with smtplib.SMTP(server.server, server.port, timeout=TIMEOUT) as smtp:
        if server.tls:
            smtp.starttls()
        if server.user:
            smtp.login(server.user, server.password)
        smtp.send_message(letter(settings, message, to))
