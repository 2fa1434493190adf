"""Hands a letter to the mail server."""
import smtplib

from data_model.settings import Settings
from scheduler.failure import Hopeless, Later, Unreachable
from scheduler.letter import letter
from scheduler.parcel import Parcel

TIMEOUT = 15.0  # seconds


def send(settings: Settings, parcel: Parcel) -> None:
    """Hand the letter to the mail server.

    Raises:
        Hopeless: there is nobody to write to, no letter can carry these words, or the server will never take it.
        Later: it was not taken now.
    """
    if parcel.user is None or not parcel.user.active or not parcel.user.email:
        raise Hopeless("no active account with a mail address")
    try:
        _hand_over(settings, parcel)
    except smtplib.SMTPException as error:
        raise _verdict(error) from error
    except OSError as error:
        raise Unreachable(_told(error)) from error
    except ValueError as error:  # an address or words that no letter can carry
        raise Hopeless(_told(error)) from error


def _hand_over(settings: Settings, parcel: Parcel) -> None:
    server, mail = settings.mail, letter(settings, parcel)
    with smtplib.SMTP(server.server, server.port, timeout=TIMEOUT) as smtp:
        if server.tls:
            smtp.starttls()
        if server.user:
            smtp.login(server.user, server.password)
        smtp.send_message(mail)


def _verdict(error: smtplib.SMTPException) -> Later | Hopeless:
    """5xx about this letter is for good. A refused sign-in is not about the letter: it waits until the settings are mended."""
    if isinstance(error, (smtplib.SMTPAuthenticationError, smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPServerDisconnected)):
        return Unreachable(_told(error))
    codes = [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    return Hopeless(_told(error)) if codes and min(codes) >= 500 else Later(_told(error))


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
