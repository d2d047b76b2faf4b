# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Chromium in a machine, driven by its DevTools protocol over two pipes."""

import base64
import json
import os
import select
import shlex
import shutil
import time

import pytest

from .waiting import wait_until

PATIENCE_S = 60
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
         "--disable-dev-shm-usage", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--hide-scrollbars",
         "--mute-audio", "--force-prefers-reduced-motion",
         "--disable-features=SpareRendererForSitePerProcess",
         "--remote-debugging-pipe"]
KEYS = {"Enter": 13, "Tab": 9, " ": 32, "ArrowRight": 39, "ArrowLeft": 37,
        "PageDown": 34, "PageUp": 33, "Escape": 27, "ArrowUp": 38,
        "ArrowDown": 40, "Home": 36, "End": 35}


class Failed(AssertionError):
    """The browser says that something went wrong."""


class Browser:
    def __init__(self, machine):
        if not shutil.which("chromium"):
            pytest.skip("there is no chromium here")
        before = len(list(machine.home.glob("browser-*")))
        home = machine.home / f"browser-{before}"
        home.mkdir()
        self.paths = [home / "to", home / "from"]
        for path in self.paths:
            os.mkfifo(path)
        words = ["chromium", *FLAGS, f"--user-data-dir={home}/profile",
                 "about:blank"]
        to, back = map(shlex.quote, map(str, self.paths))
        self.process = machine.popen(
            ["sh", "-c", f"exec 3<{to} 4>{back}; exec "
             f"{' '.join(words)} 2>{shlex.quote(str(home))}/log"])
        self.to = os.open(self.paths[0], os.O_WRONLY)
        self.back = os.open(self.paths[1], os.O_RDONLY | os.O_NONBLOCK)
        self.rest = b""
        self.count = 0
        self.events = []
        self.tabs = []      # of the test that runs
        self.parked = None  # one that was cleared, for the next

    def end(self):
        self.process.kill()
        self.process.wait()
        os.close(self.to)
        os.close(self.back)

    def _read(self, until):
        """The next message."""
        while b"\0" not in self.rest:
            left = until - time.monotonic()
            assert left > 0, "the browser does not answer"
            if select.select([self.back], [], [], left)[0]:
                got = os.read(self.back, 1 << 20)
                assert got, "the browser has ended"
                self.rest += got
        line, _, self.rest = self.rest.partition(b"\0")
        return json.loads(line)

    def call(self, method, session=None, **params):
        self.count += 1
        question = {"id": self.count, "method": method, "params": params}
        if session is not None:
            question["sessionId"] = session
        left = json.dumps(question).encode() + b"\0"
        while left:
            left = left[os.write(self.to, left):]
        until = time.monotonic() + PATIENCE_S
        while True:
            message = self._read(until)
            if message.get("id") == self.count:
                if "error" in message:
                    raise Failed(f"{method}: {message['error']}")
                return message["result"]
            if "method" in message:
                self.events.append(message)

    def tab(self):
        self.tabs.append(self.parked or Tab(self))
        self.parked = None
        return self.tabs[-1]

    def clear(self, url):
        """Takes leave of all tabs, which would go on to follow the show. One is
        kept, for each has a process whose start costs more than a test; `url`
        is of the same server, and does nothing."""
        if self.tabs:
            self.parked = self.tabs.pop()
            self.parked.clear(url)
        while self.tabs:
            self.tabs.pop().close()


class Tab:
    """A page that is open."""

    def __init__(self, browser):
        self.browser = browser
        # A device of its own: it shares no cookie with other tabs.
        context = browser.call("Target.createBrowserContext")
        target = browser.call("Target.createTarget", url="about:blank",
                              browserContextId=context["browserContextId"])
        self.target = target["targetId"]
        self.session = browser.call(
            "Target.attachToTarget", targetId=self.target,
            flatten=True)["sessionId"]
        self.scripts = []  # that run before each page's own
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method, **params):
        return self.browser.call(method, self.session, **params)

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)

    def clear(self, url):
        """Makes it one of a device that was never here, but for its size."""
        self.call("Network.clearBrowserCookies")
        self.call("Emulation.setEmulatedMedia", features=[])
        while self.scripts:
            self.call("Page.removeScriptToEvaluateOnNewDocument",
                      identifier=self.scripts.pop())
        self.open(url)
        self.until(f"location.href === {json.dumps(url)}")
        self.browser.events = [
            event for event in self.browser.events
            if event.get("sessionId") != self.session]

    def lend(self, script):
        """Has a script run in each page before its own."""
        added = self.call("Page.addScriptToEvaluateOnNewDocument",
                          source=script)
        self.scripts.append(added["identifier"])

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width,
                  height=height, deviceScaleFactor=1, mobile=width < 700)

    def open(self, url):
        self.call("Page.navigate", url=url)

    def reload(self):
        """Loads it anew; what was there before is gone when this returns."""
        self.eval("window.isOld = true")
        self.call("Page.reload")
        self.until("!window.isOld && !!document.body")

    def eval(self, text):
        """What an expression gives; promises are waited for."""
        answer = self.call("Runtime.evaluate", expression=text,
                           awaitPromise=True, returnByValue=True,
                           userGesture=True)
        if "exceptionDetails" in answer:
            raise Failed(json.dumps(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def until(self, text, what=None, deadline=PATIENCE_S):
        """Waits until an expression is true, and gives it."""
        return wait_until(lambda: self.eval(text), deadline,
                          lambda: f"{what or text}; the page says: "
                          f"{self.eval('document.body.innerText')}")

    def click(self, selector, nth=0):
        self.until(f"document.querySelectorAll({json.dumps(selector)})"
                   f".length > {nth}", f"there is {selector}")
        self.eval(f"document.querySelectorAll({json.dumps(selector)})[{nth}]"
                  ".click()")

    def click_text(self, text, tag="button"):
        find = (f"[...document.querySelectorAll({json.dumps(tag)})].find((each)"
                f" => each.textContent.trim().startsWith({json.dumps(text)})"
                " && !each.disabled)")
        self.until(f"!!{find}", f"there is {text}")
        self.eval(f"{find}.click()")

    def type(self, selector, text):
        self.until(f"!!document.querySelector({json.dumps(selector)})")
        self.eval(f"(() => {{ const it = document.querySelector("
                  f"{json.dumps(selector)}); it.focus(); it.value = "
                  f"{json.dumps(text)}; it.dispatchEvent(new Event('input', "
                  "{bubbles: true})); it.dispatchEvent(new Event('change', "
                  "{bubbles: true})); })()")

    def key(self, name, down_s=0, shift=False):
        code = KEYS[name]
        text = {"Enter": "\r", " ": " "}.get(name)
        common = {"key": name, "windowsVirtualKeyCode": code,
                  "modifiers": 8 if shift else 0}
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else
                  "rawKeyDown", **common, **({"text": text} if text else {}))
        if down_s:
            until = time.monotonic() + down_s
            wait_until(lambda: time.monotonic() > until, down_s + 5, "held")
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def write(self, text):
        """Types into what has the focus."""
        self.call("Input.insertText", text=text)

    def screenshot(self, path):
        shot = self.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(shot["data"]))

    def complaints(self):
        """What the page's console has said that is no good."""
        return [event for event in self.browser.events
                if event.get("sessionId") == self.session and (
                    event["method"] == "Runtime.exceptionThrown"
                    or (event["method"] == "Log.entryAdded"
                        and event["params"]["entry"]["level"] == "error"
                        and event["params"]["entry"]["source"] != "network"))]
