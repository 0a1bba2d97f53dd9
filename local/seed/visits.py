"""Who signed in when, and their cookies: a run that follows need not ask for them again."""

import json
import time
from pathlib import Path
from typing import Any

from local.demo.person import Person

SIGN_INS_SECONDS = 300.0


class Visits:
    """A file that only its owner reads, as browsers keep theirs."""

    def __init__(self, path: Path, sign_ins_max: int) -> None:
        self._path, self._sign_ins_max = path, sign_ins_max
        self._cookies: dict[str, dict[str, str]] = {}
        self._times: list[float] = []
        try:
            kept = json.loads(path.read_text())
            self._cookies, self._times = kept["cookies"], kept["sign_ins"]
        except (OSError, ValueError, KeyError):
            # The first run, or one that was cut off as it wrote.
            return

    def open(self, person: Person) -> dict[str, Any] | None:
        """The account, from an earlier visit or signed in now; None while that has to wait."""
        login = person.login
        if login in self._cookies and (account := person.come_back(self._cookies.pop(login))):
            self._cookies[login] = person.cookies
            return account
        now = time.time()
        self._times = [at for at in self._times if now - SIGN_INS_SECONDS < at <= now]
        if len(self._times) >= self._sign_ins_max:
            return None
        self._times.append(now)
        self._keep()
        account = person.sign_in()
        self._cookies[login] = person.cookies
        self._keep()
        return account

    def _keep(self) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps({"sign_ins": self._times, "cookies": self._cookies}))
        fresh.replace(self._path)
