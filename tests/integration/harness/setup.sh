#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: setup.sh PREFIX HOME
#
# The first process of a test's world, in fresh namespaces. Puts empty /tmp, /run
# and /dev/shm in place, leaves HOME visible where it is, and shows PREFIX at
# HOME/prefix, so that other users can reach it as well.
# Then it reaps orphans until its input ends.

set -eu

prefix=$1
home=$2

ip link set lo up
mount -t tmpfs -o mode=0755 run /run
mkdir /run/prefix /run/home
mount --bind "$prefix" /run/prefix
mount --bind "$home" /run/home
mount -t tmpfs -o mode=1777 tmp /tmp
mount -t tmpfs -o mode=1777 shm /dev/shm

mkdir -p "$home"
mount --move /run/home "$home"
mkdir -p "$home/prefix"
mount --move /run/prefix "$home/prefix"
rmdir /run/prefix /run/home

cd /
exec /usr/bin/python3 -I -S -c '
import os
import signal
def reap(*_):
    try:
        while os.waitpid(-1, os.WNOHANG)[0] > 0:
            pass
    except ChildProcessError:
        pass
signal.signal(signal.SIGCHLD, reap)
os.write(1, b"ready\n")
while os.read(0, 4096):
    pass
'
