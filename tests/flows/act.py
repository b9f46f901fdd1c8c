"""What people and the storefront do, over HTTP alone: the panel by its forms, the API by its key."""

import html
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import requests

from tests.running_demo import ROOT, RunningDemo

SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class OpenedStore:
    code: str
    owner: str
    password: str
    key: str


def manage(demo: RunningDemo, *arguments: str) -> str:
    """What `make manage ARGS="…"` prints, against the running servers."""
    command = [sys.executable, "-m", "deploy.manage", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=demo.env, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def second_beat(demo: RunningDemo) -> Iterator[subprocess.Popen[bytes]]:
    """Another beat beside the one that runs already, as on a second host."""
    command = [sys.executable, "-m", "celery", "-A", "config.celery:app", "beat", "--pidfile", ""]
    beat = subprocess.Popen(
        [*command, "--scheduler", "celery.beat:Scheduler", "--loglevel", "WARNING"],
        cwd=ROOT,
        env={**demo.env, **demo.state()["env"]},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield beat
    finally:
        beat.terminate()
        beat.wait(timeout=SECONDS)


def open_store(demo: RunningDemo, *, code: str, is_sandbox: bool = False) -> OpenedStore:
    opened = json.loads(
        manage(
            demo,
            *("create_store", "--json", "--code", code, "--name", "Candle House", "--currency", "GBP"),
            *("--time-zone", "Europe/London", "--owner", f"owner@{code}.example"),
            *("--mail-from", f"hello@{code}.example", "--postal-address", "1 Wick Lane, London"),
            *(("--sandbox",) if is_sandbox else ()),
        )
    )
    return OpenedStore(opened["store"], opened["owner"], opened["password"], opened["key"])


class Storefront:
    """The storefront's server, with its key."""

    def __init__(self, demo: RunningDemo, key: str) -> None:
        self._base = f"{demo.url}/api/v1"
        self._headers = {"Authorization": f"Bearer {key}"}

    def get(self, path: str, **params: str) -> Any:
        answer = requests.get(f"{self._base}{path}", params=params, headers=self._headers, timeout=SECONDS)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, method: str, path: str, body: Mapping[str, Any], **headers: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.request(
            method, f"{self._base}{path}", json=body, headers={**self._headers, **named}, timeout=SECONDS
        )

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        answer = self.send("PUT", path, body)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    def post(self, path: str, body: Mapping[str, Any], **headers: str) -> Any:
        answer = self.send("POST", path, body, **headers)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()


class Panel:
    """A person's browser without its window: pages, forms, cookies."""

    def __init__(self, demo: RunningDemo, store: OpenedStore) -> None:
        self._url = demo.url
        self._session = requests.Session()
        self._session.headers["Accept-Language"] = "en"
        self.submit("/panel/login/", {"username": store.owner, "password": store.password})

    def read(self, path: str) -> str:
        """The page's words."""
        return words(self._ok(self._session.get(f"{self._url}{path}", timeout=SECONDS)))

    def download(self, path: str) -> str:
        """A file's text."""
        return self._get(path)

    def link(self, path: str, pattern: str) -> str:
        """The first address on a page that fits."""
        found = re.search(rf'href="({pattern})"', self._get(path))
        assert found is not None, f"{path} has no link like {pattern}"
        return html.unescape(found.group(1))

    def submit(
        self, path: str, data: Mapping[str, str], *, files: Mapping[str, Any] | None = None
    ) -> requests.Response:
        """Open the page, fill its form and send it; the page that follows."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self._get(path))
        assert token is not None, f"{path} has no form"
        answer = self._session.post(
            f"{self._url}{path}",
            data={**data, "csrfmiddlewaretoken": token.group(1)},
            files=files,
            headers={"Referer": f"{self._url}{path}"},
            timeout=SECONDS,
        )
        self._ok(answer)
        return answer

    def fields(self, path: str) -> dict[str, str]:
        """What the form's fields hold before anybody has typed."""
        page = self._get(path)
        found: dict[str, str] = {}
        for tag in re.findall(r"<input[^>]*>", page):
            given = dict(re.findall(r'\b(name|value|type)="([^"]*)"', tag))
            is_box = given.get("type") in ("checkbox", "radio")
            if "name" not in given or (is_box and not re.search(r"\schecked[\s=>]", tag)):
                continue
            if is_box or "value" in given:
                found[given["name"]] = html.unescape(given.get("value", "on"))
        for name, value in re.findall(r'<textarea[^>]*\bname="(\w+)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
            found[name] = html.unescape(value).strip()
        for name, options in re.findall(r'<select[^>]*\bname="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
            picked = re.search(r'<option value="([^"]*)"[^>]*\bselected', options)
            found[name] = html.unescape(picked.group(1)) if picked else ""
        found.pop("csrfmiddlewaretoken", None)
        return found

    def _get(self, path: str) -> str:
        return self._ok(self._session.get(f"{self._url}{path}", timeout=SECONDS))

    def _ok(self, answer: requests.Response) -> str:
        assert answer.status_code == 200, f"{answer.url}: {answer.status_code} {words(answer.text)[:2000]}"
        return answer.text


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def words(page: str) -> str:
    """A page as one reads it: no tags, single spaces."""
    shown = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split())


def mails_to(mailbox: Path, address: str) -> list[EmailMessage]:
    """The mails that the SMTP server took for this address."""
    found = []
    for file in sorted((mailbox / "new").glob("*")):
        mail = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
        if address in str(mail["To"]):
            found.append(mail)
    return found
