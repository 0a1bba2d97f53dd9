"""A person at a browser: cookies, the sign-in page's form, the CSRF header on changes."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import requests

TIMEOUT_SECONDS = 60
PAGES_MAX = 6
# The longest the platform asks anybody to wait (sign-in attempts are counted over five minutes).
WAIT_SECONDS_MAX = 310
PATIENCE = 5
HEALTH_SECONDS_MAX = 60


class DemoFailed(Exception):
    """The platform did not do what it promises; the message says what."""


def await_health(url: str) -> str:
    """The address of a platform, once it answers there. Raises DemoFailed."""
    deadline = time.monotonic() + HEALTH_SECONDS_MAX
    while time.monotonic() < deadline:
        try:
            if requests.get(f"{url}/api/health", timeout=5).ok:
                return url
        except requests.RequestException:
            pass
        time.sleep(0.5)
    raise DemoFailed(f"{url}/api/health does not answer")


@dataclass(frozen=True)
class Upload:
    """A file on its way to the platform."""

    filename: str
    content: bytes
    content_type: str


@dataclass
class Form:
    """A form of a page: where it goes, and what it sends when nobody types."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)


class Person:
    """Somebody who uses the platform over HTTP and nothing else."""

    def __init__(self, url: str, login: str, *, say: Callable[[str], None] = print) -> None:
        self.url = url.rstrip("/")
        self.login = login
        self._say = say
        self._browser = requests.Session()
        # A proxy of the machine has no business between us and localhost.
        self._browser.trust_env = False

    @property
    def email(self) -> str:
        """What the local OpenID provider says of this login."""
        return f"{self.login}@example.com"

    def sign_in(self) -> dict[str, Any]:
        """Through the provider's page and back; gives the account."""
        page = self._open("GET", f"{self.url}/api/auth/google/login?next=/")
        for _ in range(PAGES_MAX):
            if page.url.startswith(f"{self.url}/"):
                break
            page = self._fill(page)
        if "error=" in page.url or "session" not in self._browser.cookies:
            raise DemoFailed(f"{self.login} could not sign in; the last page was {page.url}")
        account: dict[str, Any] = self.get("/api/auth/me")
        return account

    @property
    def cookies(self) -> dict[str, str]:
        """What this browser would bring along next time."""
        return {cookie.name: cookie.value or "" for cookie in self._browser.cookies}

    def come_back(self, cookies: dict[str, str]) -> dict[str, Any] | None:
        """With the cookies of an earlier visit; gives the account, None when they are too old."""
        self._browser.cookies.update(cookies)
        answer = self._open("GET", f"{self.url}/api/auth/me")
        if not answer.ok:
            self._browser.cookies.clear()
            return None
        account: dict[str, Any] = answer.json()["data"]
        return account

    def get(self, path: str, **query: Any) -> Any:
        """The `data` of an answer."""
        return self._call("GET", path, params=query)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """As `get`, for a change."""
        return self._call("POST", path, json=body)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        """As `post`."""
        return self._call("PATCH", path, json=body)

    def upload(self, purpose: str, files: list[Upload]) -> list[str]:
        """Send files straight to storage; gives their keys in the same order."""
        asked = [
            {
                "filename": file.filename,
                "content_type": file.content_type,
                "size": len(file.content),
            }
            for file in files
        ]
        answer = self.post("/api/uploads", {"purpose": purpose, "files": asked})
        for target, file in zip(answer["uploads"], files, strict=True):
            stored = self._browser.post(
                target["url"],
                data=target["fields"],
                files={"file": (file.filename, file.content, file.content_type)},
                timeout=TIMEOUT_SECONDS,
            )
            if not stored.ok:
                raise DemoFailed(f"storage answered {stored.status_code} to {file.filename}")
        return [target["upload_key"] for target in answer["uploads"]]

    def send_form(self, url: str, fields: dict[str, str]) -> str:
        """Send a form of any page; gives the address of the page that it leads to."""
        return self._open("POST", url, data=fields).url

    def download(self, url: str) -> bytes:
        """A file by its address."""
        answer = self._open("GET", urljoin(f"{self.url}/", url))
        if not answer.ok:
            raise DemoFailed(f"{url.split('?')[0]} answered {answer.status_code}")
        return answer.content

    def _call(self, method: str, path: str, **options: Any) -> Any:
        answer = self._open(method, f"{self.url}{path}", **options)
        try:
            body = answer.json()
        except ValueError:
            raise DemoFailed(f"{method} {path} answered {answer.status_code}, not JSON") from None
        if not body.get("success"):
            error = body.get("error", {})
            said = f"{error.get('code')}: {error.get('message')} {error.get('details') or ''}"
            raise DemoFailed(f"{method} {path} answered {answer.status_code} {said}")
        return body["data"]

    def _open(self, method: str, url: str, **options: Any) -> requests.Response:
        for _ in range(PATIENCE):
            token = self._browser.cookies.get("csrftoken")
            headers = {"X-CSRFToken": token} if token and method != "GET" else {}
            try:
                answer = self._browser.request(
                    method, url, headers=headers, timeout=TIMEOUT_SECONDS, **options
                )
            except requests.RequestException as error:
                raise DemoFailed(f"{method} {url} failed: {error}") from error
            if answer.status_code != 429:
                return answer
            seconds = min(float(answer.headers.get("Retry-After", 5)), WAIT_SECONDS_MAX)
            self._say(f"the platform asks {self.login} to wait {seconds:.0f} s (rate limit)")
            time.sleep(seconds)
        return answer

    def _fill(self, page: requests.Response) -> requests.Response:
        """Send the page's form as this person would: their name where one is asked for."""
        forms = read_forms(page.text)
        if not forms:
            raise DemoFailed(f"no form to sign in with at {page.url} ({page.status_code})")
        form = next((form for form in forms if "login" in form.typed), forms[0])
        typed = dict.fromkeys(form.typed, self.login)
        return self._open("POST", urljoin(page.url, form.action), data={**form.fields, **typed})


class _Forms(HTMLParser):
    """Collects a page's forms."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note forms and what a person can type into them."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("action", "")))
        elif tag == "input" and self.found and given.get("name"):
            form, name = self.found[-1], given["name"]
            if given.get("type", "text") in {"text", "password", "email"}:
                form.typed.append(name)
            elif given.get("type") == "hidden":
                form.fields[name] = given.get("value", "")


def read_forms(html: str) -> list[Form]:
    """A page's forms, in order."""
    parser = _Forms()
    parser.feed(html)
    return parser.found
