# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The archive that the kernel of the guest starts from.

It holds busybox, the modules that the root file system needs, guest/init.sh and
where its parts are. Written here as cpio's "newc" format, with the nodes that
only root could make.
"""

import pathlib
import shlex
import stat

HERE = pathlib.Path(__file__).resolve().parent
INIT = HERE.parent / "guest" / "init.sh"
MODULES = ("virtio_pci", "virtio_console", "9p", "9pnet_virtio", "overlay")
APPLETS = ("sh", "insmod", "mount", "mkdir", "switch_root", "ln", "ip",
           "hostname", "cat")


def entry(name, mode, data=b"", device=(0, 0)):
    """One file of the archive."""
    text = name.encode() + b"\0"
    fields = (1, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(text), 0)
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + text
    return (head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4))


def dependencies(modules):
    """{name: (path, paths of what it needs)} of modules.dep, dashes as
    underscores."""
    table = {}
    for line in (modules / "modules.dep").read_text().splitlines():
        path, _, needs = line.partition(":")
        table[path.rpartition("/")[2].split(".")[0].replace("-", "_")] = (
            path, needs.split())
    return table


def in_order(modules, names):
    """Paths of modules and all they need, in the order they are loaded."""
    table, paths = dependencies(modules), []
    for name in names:
        if name in table:  # otherwise it is built into the kernel
            path, needs = table[name]
            paths += [*reversed(needs), path]
    return list(dict.fromkeys(paths))


def build(unpacked, settings):
    """The archive's bytes. settings: variables for guest/init.sh."""
    parts = [entry(name, stat.S_IFDIR | 0o755)
             for name in ("bin", "dev", "lib", "proc", "sys", "lower", "upper",
                          "newroot")]
    parts.append(entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1)))
    parts.append(entry("bin/busybox", stat.S_IFREG | 0o755,
                       unpacked.busybox.read_bytes()))
    parts += [entry(f"bin/{name}", stat.S_IFLNK | 0o777, b"busybox")
              for name in APPLETS]
    for number, path in enumerate(in_order(unpacked.modules, MODULES)):
        parts.append(entry(f"lib/{number:02}-{pathlib.Path(path).name}",
                           stat.S_IFREG | 0o644,
                           (unpacked.modules / path).read_bytes()))
    lines = [f"{name}={shlex.quote(str(value))}\n"
             for name, value in settings.items()]
    parts.append(entry("settings", stat.S_IFREG | 0o644,
                       "".join(lines).encode()))
    parts.append(entry("init", stat.S_IFREG | 0o755, INIT.read_bytes()))
    parts.append(entry("TRAILER!!!", 0))
    return b"".join(parts)
