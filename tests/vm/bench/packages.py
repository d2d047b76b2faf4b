# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel and busybox of the guest: Debian's, unpacked into a cache.

Installing a kernel would change how a computer boots, and busybox-static
replaces a package that others need. So the packages that tools/packages marks
with "=" are fetched by apt-get, as anybody may, and unpacked. What is there is
used as it is: only the first run needs the network.
"""

import fcntl
import lzma
import os
import pathlib
import platform
import re
import shutil
import subprocess
import tarfile
import tempfile
import zlib

SOURCE = pathlib.Path(__file__).resolve().parents[3]
ENTRY = re.compile(r"^[a-z]+ =([a-z0-9][a-z0-9+.-]+)", re.MULTILINE)
SYSTEM_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
FETCH_DEADLINE_S = 300
XZ = b"\xfd7zXZ\0"
# The rest of the kernel's modules is for what no guest of ours has.
WANTED = re.compile(
    r"\./(boot/vmlinuz-|bin/|usr/bin/|"
    r"(usr/)?lib/modules/[^/]+/(modules\.|kernel/("
    r"arch|crypto|lib|net/9p|fs/(9p|configfs|fscache|netfs|overlayfs)|sound|"
    r"drivers/(char|hid|media/mc|usb|virtio))/))")


class Unavailable(Exception):
    """There can be no guest here; the text says why."""


def listed():
    """The packages that are to be unpacked."""
    text = (SOURCE / "tools/packages").read_text(encoding="utf-8")
    return ENTRY.findall(text)


def command(*words, cwd=None):
    """Runs a command and gives its output; Unavailable when it fails."""
    try:
        done = subprocess.run(
            words, cwd=cwd, text=True, errors="replace", capture_output=True,
            stdin=subprocess.DEVNULL, timeout=FETCH_DEADLINE_S,
            env=os.environ | {"PATH": SYSTEM_PATH, "LC_ALL": "C.UTF-8"})
    except FileNotFoundError:
        raise Unavailable(f"there is no {words[0]} here") from None
    except subprocess.TimeoutExpired:
        raise Unavailable(
            f"{words[0]} took more than {FETCH_DEADLINE_S} s") from None
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it does not say why"]
        raise Unavailable(f"{' '.join(words[:1] + words[-2:])}: {said[-1]}")
    return done.stdout


class Apt:
    """apt with the system's lists, or with lists of our own in a directory."""

    def __init__(self, directory=None):
        self.options = []
        if directory is not None:
            for name, path in (("State::lists", "lists"), ("Cache", "cache")):
                (directory / path / "partial").mkdir(parents=True)
                self.options += ["-o", f"Dir::{name}={directory / path}"]
            command("apt-get", *self.options, "-o", "APT::Sandbox::User=",
                    "-o", "APT::Update::Post-Invoke=",
                    "-o", "APT::Update::Post-Invoke-Success=",
                    "-o", "APT::Update::Error-Mode=any", "update")

    def real_name(self, package):
        """What a package that is only a name stands for: linux-image-amd64 for
        the newest kernel."""
        if not package.startswith("linux-image-"):
            return package
        told = command("apt-cache", *self.options, "depends", package)
        found = re.findall(r"Depends: (linux-image-[0-9]\S+)", told)
        return found[0] if found else package

    def fetch(self, package, directory):
        """The path of the package's file, fetched into a directory."""
        name = self.real_name(package)
        command("apt-get", *self.options, "-q", "download", name, cwd=directory)
        return next(directory.glob(f"{name}_*.deb"))


def unpack(package, target):
    """Unpacks what a guest needs of a package's file."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package],
                          stdout=subprocess.PIPE) as process:
        with tarfile.open(fileobj=process.stdout, mode="r|") as archive:
            for member in archive:
                if WANTED.match(member.name) and not member.isdir():
                    archive.extract(member, target, set_attrs=False)
    if process.returncode:
        raise Unavailable(f"dpkg-deb cannot read {package}")


def decompress(new):
    """Puts the kernel down as it runs, which its own code would take three
    seconds for at each boot; unless it is packed by another method."""
    data = new.kernel.read_bytes()
    start = data.find(XZ)
    if start >= 0:
        kernel = lzma.LZMADecompressor().decompress(data[start:])
        (new.directory / "vmlinux").write_bytes(kernel)


def fetch_all(directory):
    """The files of all packages; with lists of our own where the system's are
    not there, or too old."""
    try:
        apt = Apt()
        return [apt.fetch(name, directory) for name in listed()]
    except Unavailable:
        apt = Apt(directory / "apt")
        return [apt.fetch(name, directory) for name in listed()]


def prepare(target):
    """Fetches and unpacks everything into a directory: all of it or nothing."""
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        scratch = pathlib.Path(scratch)
        scratch.chmod(0o755)
        new = scratch / "new"
        new.mkdir()
        for package in fetch_all(scratch):
            unpack(package, new)
        decompress(Unpacked(new))
        modules = Unpacked(new).modules
        command("depmod", "-b", str(modules.parents[2]), modules.name)
        new.rename(target)


class Unpacked:
    """A directory with what was unpacked."""

    def __init__(self, directory):
        self.directory = directory

    def only(self, pattern):
        found = sorted(self.directory.glob(pattern))
        if len(found) != 1:
            raise Unavailable(
                f"{self.directory} holds {len(found)} of {pattern}; take it "
                "away to have it fetched again")
        return found[0]

    @property
    def kernel(self):
        plain = self.directory / "vmlinux"
        return plain if plain.exists() else self.only("boot/vmlinuz-*")

    @property
    def busybox(self):
        return self.only("**/bin/busybox")

    @property
    def modules(self):
        """The directory lib/modules/VERSION."""
        return self.only("**/lib/modules/*")


def provide(cache):
    """What is unpacked in the cache; fetched when it is not, or is not what
    would be unpacked now."""
    if platform.machine() != "x86_64":
        raise Unavailable("the guest runs this machine's programs, and these "
                          f"are for {platform.machine()}")
    if shutil.which("qemu-system-x86_64", path=SYSTEM_PATH) is None:
        raise Unavailable("qemu-system-x86 is not installed")
    cache = pathlib.Path(cache)
    wanted = " ".join([WANTED.pattern, *listed()])
    target = cache / f"unpacked-{zlib.crc32(wanted.encode()):08x}"
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.is_dir():
            prepare(target)
    return Unpacked(target)
