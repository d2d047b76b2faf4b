# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The first process in the guest: calls functions for the host.

A request is a line of JSON on the port "agent": {"id", "call", "args",
"kwargs"}; call is MODULE.FUNCTION of this directory. Each gets a line back,
{"id", "value"} or {"id", "error"}, in the order in which they end: every call
has a thread. When the port closes the guest ends. "renew" is answered by a new
agent, with number 0, as the first one begins.
"""

import ctypes
import glob
import importlib
import json
import os
import signal
import sys
import threading
import traceback

sys.dont_write_bytecode = True
PORT = "agent"
ANEW = "anew"  # the word that a new agent has
POWER_OFF = 0x4321fedc  # linux/reboot.h


def find_port():
    """The device node of the port that is ours."""
    for path in glob.glob("/sys/class/virtio-ports/*/name"):
        with open(path, encoding="ascii") as file:
            if file.read().strip() == PORT:
                return "/dev/" + path.split("/")[-2]
    raise FileNotFoundError(f"no virtio port is named {PORT}")


class Agent:
    """Reads requests, answers them."""

    def __init__(self, port):
        self.port = port
        self.lock = threading.Lock()

    def say(self, answer):
        data = json.dumps(answer).encode() + b"\n"
        with self.lock:
            while data:
                data = data[os.write(self.port, data):]

    def answer(self, request):
        """Calls what is asked for."""
        if request["call"] == "renew":
            os.execv(sys.executable, [*sys.orig_argv, ANEW])
        answer = {"id": request["id"]}
        try:
            module, name = request["call"].split(".")
            function = getattr(importlib.import_module(module), name)
            answer["value"] = function(*request["args"], **request["kwargs"])
            json.dumps(answer)
        except BaseException as error:
            answer = {"id": request["id"], "error": str(error) or repr(error),
                      "trace": traceback.format_exc()}
        self.say(answer)

    def serve(self):
        self.say({"id": 0, "value": "ready"})
        for line in os.fdopen(os.dup(self.port), "rb"):
            threading.Thread(target=self.answer, args=(json.loads(line),),
                             daemon=True).start()


def reap(agent):
    """What the first process is there for: until the agent ends."""
    while os.wait()[0] != agent:
        continue


def power_off():
    """Without init there is nobody else to do it."""
    os.sync()
    ctypes.CDLL(None).reboot(POWER_OFF)


def main():
    if os.getpid() == 1:
        agent = os.fork()
        if agent:
            reap(agent)
            power_off()
        os.setsid()
    importlib.import_module("fresh").begin(ANEW in sys.argv)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    Agent(os.open(find_port(), os.O_RDWR)).serve()


if __name__ == "__main__":
    main()
