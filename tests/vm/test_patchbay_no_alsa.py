# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The patchbay when the kernel has no sequencer, or does not let it in."""

from bench.rig import SILENT, Rig

NOW_S = 20


def program(vm, name):
    return vm.call("patchbay.program", name)


def await_link(vm, one, other):
    vm.call("patchbay.await_links", [f"{one}:0 {other}:0"], NOW_S)


def test_the_sequencer_comes_late(vm):
    absent = vm.no_sequencer()
    rig = vm.keep(Rig(vm, "jack", "patchbay"))
    rig.write("rig.conf", SILENT)
    rig.write("patchbay/10-mine.patch", "alsa Keys:0 -> Synth:0\n")
    rig.up()
    assert "snd-seq is not loaded" in rig.log("patchbay")
    told = rig.stagecraft("patch", "list").stdout
    assert "snd-seq is not loaded" in told and "missing" in told
    absent.remove()
    vm.devices.remove(absent)
    vm.modprobe("snd-seq")
    keys, synth = program(vm, "Keys"), program(vm, "Synth")
    await_link(vm, keys, synth)
    # While somebody uses it, it stays; else it may go, and come again.
    assert vm.run("rmmod snd_seq_dummy; rmmod snd_seq",
                  check=False).returncode != 0
    vm.call("patchbay.end_all")
    rig.stagecraft("stop", "patchbay")
    absent = vm.no_sequencer()
    rig.stagecraft("start", "patchbay")
    rig.stagecraft("wait", "patchbay")
    absent.remove()
    vm.devices.remove(absent)
    vm.modprobe("snd-seq")
    keys, synth = program(vm, "Keys"), program(vm, "Synth")
    await_link(vm, keys, synth)
    vm.call("patchbay.end_all")


def test_without_the_right_to_it(vm):
    vm.modprobe("snd-seq")
    vm.run("chmod 0600 /dev/snd/seq")
    vm.run("install -d -o nobody /tmp/home /tmp/run && "
           "mkdir -p /tmp/rig/services /tmp/rig/patchbay && "
           f"printf '{SILENT}' >/tmp/rig/rig.conf && "
           "echo 'alsa Keys:0 -> Synth:0' >/tmp/rig/patchbay/10-mine.patch && "
           "chown -R nobody /tmp/rig")
    user = "setpriv --reuid nobody --clear-groups env HOME=/tmp/home " \
           "XDG_RUNTIME_DIR=/tmp/run stagecraft"
    for words in ("enable jack", "enable patchbay", "up"):
        vm.run(f"{user} {words} -r /tmp/rig", timeout=90)
    try:
        said = vm.run(f"{user} logs patchbay -r /tmp/rig").stdout
        assert said.count("Permission denied (the group audio may)") == 1
        assert "Permission denied" in vm.run(
            f"{user} patch list -r /tmp/rig").stdout
        vm.call("patchbay.program", "Keys")
        vm.call("patchbay.program", "Synth")
        vm.run("chmod 0666 /dev/snd/seq")
        vm.await_success(f"{user} patch explain alsa:Keys:0 alsa:Synth:0 "
                         "-r /tmp/rig")
    finally:
        vm.call("patchbay.end_all")
        vm.run(f"{user} down -r /tmp/rig", timeout=90, check=False)
        vm.run("rm -rf /tmp/rig /tmp/home /tmp/run")
