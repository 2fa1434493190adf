"""Passwords: how they are kept, how they are checked without giving anything away, and which ones are refused."""
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 8, 128
_hasher = PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=1)
_at_a_time = threading.Semaphore(2)  # each check costs 32 MiB and a core; more of them at once would be a way to stop the house
_nobody = _hasher.hash("nobody has this password")

_COMMON = """
00000000 000000000 11111111 111111111 12121212 12341234 1234554321 12344321 123123123 1234567 12345678 123456789 1234567890
123456789a 12345678a 123456a1 123456abc 1234abcd 1234qwer 147258369 159357159 168168168 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2
22222222 31415926 33333333 44444444 55555555 5201314520 52013145 66666666 77777777 87654321 88888888 987654321 99999999
a1234567 a12345678 a123456789 aa123456 aa12345678 aaaaaaaa abc12345 abc123456 abcd1234 abcdefgh abcd123456 admin123 admin1234
admin123456 admin888 administrator anlan123 anlan1234 anquan123 asdf1234 asdfasdf asdfghjk asdfghjkl baseball changeme computer
dragon123 football iloveyou iloveyou1 letmein1 letmein123 liverpool master123 michael1 monkey123 mustang1 p@ssw0rd p@ssword
pa$$w0rd passw0rd password password1 password12 password123 princess q1w2e3r4 q1w2e3r4t5 qazwsx123 qazwsxedc qq123456
qq123456789 qwer1234 qwerasdf qwert123 qwerty12 qwerty123 qwertyui qwertyuiop root1234 shenzhen sunshine superman trustno1
w123456789 wang1234 welcome1 welcome123 woaini123 woaini1314 woaini520 xiaoming z1234567 zaq12wsx zhang123 zxcv1234 zxcvbnm1
zxcvbnm123 zxcvbnma
"""
COMMON = frozenset(_COMMON.split())


def keep(password: str) -> str:
    """What is stored instead of the password."""
    with _at_a_time:
        return _hasher.hash(password)


def fits(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one; takes the same time when there is none."""
    with _at_a_time:
        try:
            return _hasher.verify(stored or _nobody, password[:LONGEST]) and bool(stored)
        except (VerificationError, InvalidHashError):
            return False


def is_old_fashioned(stored: str) -> bool:
    """Whether the stored form should be made anew, with today's cost."""
    return _hasher.check_needs_rehash(stored)


def objection(password: str, login: str) -> str | None:
    """Why this may not become a password: a message id, or None. No forced mix of signs, no forced change by date."""
    plain = password.casefold()
    if len(password) < SHORTEST:
        return "密码至少 8 个字符"
    if len(password) > LONGEST:
        return "密码最多 128 个字符"
    if plain == login.casefold():
        return "密码不能与登录账号相同"
    if plain in COMMON or len(set(plain)) < 3 or plain in "01234567890123456789" or plain in "abcdefghijklmnopqrstuvwxyz":
        return "这个密码太常见，容易被猜到"
    return None
