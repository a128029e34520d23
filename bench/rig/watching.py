"""A person's browser, and how long it waits."""

import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

PATIENCE = 900.0


class Browser:
    """A person's browser: one session, the csrf token in each form, nothing of ours imported."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path: str) -> requests.Response:
        answer = self.session.get(self.url + path, timeout=PATIENCE)
        assert answer.ok, f"{path}: {answer.status_code}"
        return answer

    def post(self, path: str, files: Any = None, **data: str) -> requests.Response:
        """Send a form; returns the answer itself, without following it."""
        data["csrfmiddlewaretoken"] = self.session.cookies["csrftoken"]
        answer = self.session.post(
            self.url + path, data=data, files=files, timeout=PATIENCE, allow_redirects=False
        )
        assert answer.status_code in (200, 302), f"{path}: {answer.status_code}"
        return answer

    def log_in(self, email: str, password: str) -> None:
        self.get("/login/")
        self.post("/login/", username=email, password=password)


class Watch:
    """Takes the time of steps (once) and of pages (the median of some loads)."""

    def __init__(self, browser: Browser, *, loads: int) -> None:
        self.browser, self.loads = browser, loads
        self.steps: dict[str, float] = {}
        self.pages: dict[str, dict[str, Any]] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.steps[name] = round(time.perf_counter() - started, 2)
        print(f"{name}: {self.steps[name]} s", file=sys.stderr)

    def page(self, name: str, path: str) -> None:
        size = len(self.browser.get(path).content)
        times = []
        for _ in range(self.loads):
            started = time.perf_counter()
            self.browser.get(path)
            times.append((time.perf_counter() - started) * 1000)
        median = round(statistics.median(times), 1)
        self.pages[name] = {"path": path, "ms": median, "most_ms": round(max(times)), "bytes": size}
        print(f"{name}: {median} ms", file=sys.stderr)
