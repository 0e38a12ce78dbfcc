"""The most common passwords, from the file in this folder."""

from functools import cached_property
from pathlib import Path

from app.domain.accounts.account import ascii_lower

FILE = Path(__file__).with_name("common_passwords.txt")


class CommonPasswords:
    """A container of them, in ASCII lower case. Loaded on first use, once per process."""

    def __contains__(self, password: object) -> bool:
        return password in self._known

    @cached_property
    def _known(self) -> frozenset[str]:
        _, _, passwords = FILE.read_text(encoding="utf-8").partition("\n\n")  # the licence comes first
        return frozenset(ascii_lower(line) for line in passwords.split("\n") if line)
