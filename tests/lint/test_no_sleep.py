#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests no_sleep.py on code that is known to sleep and to wait."""

import unittest

import no_sleep
import sample

C_SLEEPS = """\
    #include <unistd.h>
    void f(int n)
    {
    	usleep(100);
    	nanosleep(&ts, 0);
    	poll(NULL,
    		0, n);
    	select(0, NULL, NULL, NULL, &tv);
    	system("sleep 5");
    	ppoll(0, 0, &ts, 0);
    }
    """

C_WAITS = """\
    // Never sleep: poll(NULL, 0, 5).
    void f(void)
    {
    	const char *text = "poll(NULL, 0, 5)";
    	poll(fds, 2, -1);
    	poll(&fd, 1, stage_clock_until_ms(deadline_ns));
    	select(fd + 1, &set, NULL, NULL, NULL);
    	uv_timer_start(&self->timer, on_timer, f(A, B), 0);
    }
    """

C_LOOKS = """\
    void f(void)
    {
    	poll(&fd, 1, 50);
    	uv_timer_start(&self->timer, on_timer,
    		LOOK_MS, LOOK_MS);
    	uv_fs_poll_start(&self->poll, on_change, path, 100);
    }
    """

PYTHON_SLEEPS = """\
    import select, threading, time
    time.sleep(1)
    select.select([], [], [], 0.1)
    threading.Event().wait(1)
    never = threading.Event()
    never.wait(1)
    subprocess.run(["sleep", "1"])
    run = "#!/bin/sh\\nread -r -t 1 x\\n"
    """

PYTHON_WAITS = """\
    import select, threading
    # Tests never sleep.
    done = threading.Event()
    done.wait(1)
    done.set()
    select.select([fd], [], [], 0.1)
    process.wait(5)
    """

SHELL_SLEEPS = """\
    #!/bin/sh
    # a comment on sleep
    sleep 0.1
    read -t 5 line
    timeout 5 tail -f /dev/null
    read -r line
    """


class NoSleep(sample.SampleTree):
    def problems(self):
        return no_sleep.check(self.root)[0]

    def test_waiting_for_events_passes(self):
        self.write("src/one/waits.c", C_WAITS)
        self.write("tests/waits.py", PYTHON_WAITS)
        self.write("docs/text.md", "To sleep, perchance.\n")
        self.assertEqual(no_sleep.check(self.root), ([], 2))

    def test_sleeps_in_c(self):
        self.write("tests/unit/a.c", C_SLEEPS)
        self.assert_reported(
            self.problems(), "a.c:4: error: sleeps: usleep", "a.c:5: error:",
            "a.c:6: error: sleeps by poll: poll(NULL, 0, n)", "a.c:8: error:",
            "a.c:9: error:", "a.c:10: error: sleeps by poll: ppoll(")

    def test_looking_by_the_clock_is_for_tests_only(self):
        self.write("src/one/looks.c", C_LOOKS)
        self.write("tests/unit/looks.c", C_LOOKS)
        self.assert_reported(
            self.problems(), "src/one/looks.c:3: error: waits for a time",
            "src/one/looks.c:4: error: looks again by the clock",
            "src/one/looks.c:6: error: polls a file")

    def test_sleeps_in_python(self):
        self.write("tests/a.py", PYTHON_SLEEPS)
        self.assert_reported(
            self.problems(), "a.py:2: error: sleeps", "a.py:3: error: sleeps",
            "a.py:4: error: waits for an event that nobody sets",
            "a.py:6: error: waits for an event that nobody sets",
            "a.py:7: error: sleeps", "a.py:8: error: sleeps by read -t")

    def test_sleeps_in_shell(self):
        for name in ("tools/script", "services/a/run"):
            self.write(name, SHELL_SLEEPS)
        self.write("meson.build", "run_command('sleep', '1')\n")
        self.assert_reported(
            self.problems(), "meson.build:1: error: sleeps",
            *[f"{name}:{line}: error: sleeps" for line in (3, 4, 5)
              for name in ("tools/script", "services/a/run")])

    def test_the_list_allows_with_a_reason_and_does_not_rot(self):
        self.write("tests/a.sh", "#!/bin/sh\nsleep 1\nsleep 2\nsleep 3\n")
        self.write(no_sleep.ALLOW, """\
            # why
            tests/a.sh: sleep 1

            tests/a.sh: sleep 2
            # gone
            tests/a.sh: sleep 9
            """)
        self.assert_reported(
            self.problems(), "tests/a.sh:4: error: sleeps: sleep 3",
            "no_sleep.allow:4: error: has no reason",
            "no_sleep.allow:6: error: nothing is like this")


if __name__ == "__main__":
    unittest.main()
