"""The tagging page in a real browser, by keyboard only; skipped where there is no Chromium."""

import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from makers import digit_like

from tasks.diagnosis.sheet_answers import read_page
from tasks.report.gallery import Example, image_example, sound_example
from tasks.report.tagging_page import TaggingItem, TaggingPage, render_tagging_page

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
NAMED = {"Enter": 13, "Tab": 9, "Escape": 27, "ArrowRight": 39, "ArrowLeft": 37}

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed, so no page can be tried in it")


class Browser:
    """A page in headless Chromium, over its DevTools protocol."""

    def __init__(self, socket: Any) -> None:
        self.socket, self.number, self.thrown = socket, 0, []

    def ask(self, method: str, **given: Any) -> dict[str, Any]:
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": given}))
        while True:
            told = json.loads(self.socket.recv(timeout=30))
            if told.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
                self.thrown.append(told["params"])
            if told.get("id") == self.number:
                assert "error" not in told, told
                return told["result"]

    def press(self, key: str, modifiers: int = 0) -> None:
        text = "\r" if key == "Enter" else key if len(key) == 1 and not modifiers else ""
        code = NAMED.get(key, ord(key.upper()[0]))
        known = {"key": key, "windowsVirtualKeyCode": code, "modifiers": modifiers}
        self.ask("Input.dispatchKeyEvent", type="keyDown", **known, **({"text": text} if text else {}))
        self.ask("Input.dispatchKeyEvent", type="keyUp", **known)

    def write(self, words: str) -> None:
        for sign in words:
            self.press(sign)

    def value(self, expression: str) -> Any:
        return self.ask("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    from websockets.sync.client import connect

    home = tmp_path / "chromium"
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    command = [CHROMIUM, *options, f"--user-data-dir={home}", "--remote-debugging-port=0", "about:blank"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        port_file, deadline = home / "DevToolsActivePort", time.monotonic() + 60
        while not (port_file.exists() and port_file.read_text().strip()) and time.monotonic() < deadline:
            time.sleep(0.1)
        if not port_file.exists():
            pytest.skip("Chromium does not start here")
        port = port_file.read_text().split()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as told:
            page = next(one for one in json.load(told) if one["type"] == "page")
        with connect(page["webSocketDebuggerUrl"], max_size=None) as socket:
            made = Browser(socket)
            for domain in ("Page", "Runtime", "Log", "Network"):
                made.ask(f"{domain}.enable")
            made.ask("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path / "saved"))
            yield made
    finally:
        running.terminate()
        running.wait(timeout=20)


def image(row: int) -> Example:
    return image_example(f"app/{row}</script>.png", "target", digit_like(np.random.default_rng(row), row % 4))


def sound(row: int) -> Example:
    heard = 0.1 * np.sin(np.arange(500 * 2**row) * (0.2 + 0.05 * row)).astype(np.float32)
    return sound_example(f"app/{row}.wav", "target", heard, 8000)


def open_page(
    browser: Browser,
    folder: Path,
    kind: str,
    choices: list[str],
    rows: int = 100,
    show: Callable[[int], Example] = image,
) -> list[str]:
    items = [TaggingItem(show(row), (), choices[0] if kind == "labels" else "") for row in range(rows)]
    ids = [item.example.record_id for item in items]
    page = TaggingPage(kind, "bars", "a1b2c3d4", 1, items, choices)
    (folder / "sheet.html").write_text(render_tagging_page(page), encoding="utf-8")
    browser.ask("Page.navigate", url=(folder / "sheet.html").as_uri())
    deadline = time.monotonic() + 30
    while not browser.value("document.readyState === 'complete' && !!document.querySelector('#choices li')"):
        assert time.monotonic() < deadline, browser.thrown
        time.sleep(0.05)
    return ids


def saved(browser: Browser, folder: Path) -> str:
    browser.press("s", modifiers=2)
    deadline = time.monotonic() + 30
    while not (found := list((folder / "saved").glob("*.json"))):
        assert time.monotonic() < deadline, (
            browser.value("document.getElementById('told').textContent"),
            browser.thrown,
        )
        time.sleep(0.1)
    return found[0].read_text(encoding="utf-8")


def test_100_records_are_tagged_by_keyboard_only(browser: Browser, tmp_path: Path) -> None:
    ids = open_page(browser, tmp_path, "errors", ["mislabelled", "blurry"])
    browser.write("Anna")
    browser.press("Enter")
    browser.press("+")
    browser.write("cut off")
    browser.press("Enter")
    for row in range(100):
        if row % 2:
            browser.press("2")
        if row % 5 == 0:
            browser.press("1")
        if row == 7:
            browser.press("/")
            browser.write("odd one")
            browser.press("Escape")
        browser.press("Enter")
    found = read_page(saved(browser, tmp_path), "errors", "saved")
    assert (found.reviewer, found.sheet, found.left) == ("Anna", "a1b2c3d4", 0)
    assert [row.record_id for row in found.rows] == ids
    for number, row in enumerate(found.rows):
        wanted = {"cut off"} if number == 0 else set()
        wanted |= {"blurry"} if number % 2 else set()
        wanted |= {"mislabelled"} if number % 5 == 0 else set()
        assert row.tags == wanted, number
    assert found.rows[7].note == "odd one"
    assert not browser.thrown


def test_labels_are_given_by_their_own_keys(browser: Browser, tmp_path: Path) -> None:
    open_page(browser, tmp_path, "human", ["7", "8"], rows=20)
    browser.write("Ben")
    browser.press("Enter")
    for row in range(19):
        browser.press("87?"[row % 3])
    found = read_page(saved(browser, tmp_path), "human", "saved")
    assert [row.label for row in found.rows] == [("8", "7", "can't tell")[row % 3] for row in range(19)]
    assert found.left == 1
    assert not browser.thrown


def test_sounds_are_heard_and_labels_checked_by_keyboard_only(browser: Browser, tmp_path: Path) -> None:
    """Sounds of any length: Chromium does not play a FLAC file of a single block."""
    ids = open_page(browser, tmp_path, "labels", ["left", "right"], rows=10, show=sound)
    browser.write("Cleo")
    browser.press("Enter")
    for row in range(10):
        browser.press(" ")
        deadline = time.monotonic() + 30
        while not browser.value("document.querySelector('#stage audio').played.length > 0"):
            assert time.monotonic() < deadline, browser.value("document.querySelector('#stage audio').error?.message")
            time.sleep(0.05)
        browser.press("2" if row == 3 else "Enter")
    found = read_page(saved(browser, tmp_path), "labels", "saved")
    assert (found.reviewer, found.left) == ("Cleo", 0)
    assert [row.record_id for row in found.rows] == ids
    assert [row.label for row in found.rows] == ["right" if row == 3 else "left" for row in range(10)]
    assert not browser.thrown
