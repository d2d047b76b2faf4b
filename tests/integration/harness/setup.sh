#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: setup.sh PREFIX HOME KEEP...
#
# The first process of a test's world, in fresh namespaces. Puts empty /tmp, /run
# and /dev/shm in place, leaves the directories KEEP visible where they are, and
# shows PREFIX at HOME/prefix, so that other users can reach it as well.
# Then it reaps orphans until its input ends.

set -eu

prefix=$1
home=$2
shift

ip link set lo up
mount -t tmpfs -o mode=0755 run /run
mkdir /run/keep

count=0
for keep; do
	count=$((count + 1))
	mkdir "/run/keep/$count"
	mount --bind "$keep" "/run/keep/$count"
done

mount -t tmpfs -o mode=1777 tmp /tmp
mount -t tmpfs -o mode=1777 shm /dev/shm

count=0
for keep; do
	count=$((count + 1))
	mkdir -p "$keep"
	mount --move "/run/keep/$count" "$keep"
	rmdir "/run/keep/$count"
done
rmdir /run/keep

mkdir -p "$home/prefix"
mount --bind "$prefix" "$home/prefix"

cd /
exec /usr/bin/python3 -c '
import os
import signal
signal.signal(signal.SIGCHLD, lambda *_: reap())
def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0] > 0:
            pass
    except ChildProcessError:
        pass
os.write(1, b"ready\n")
while os.read(0, 4096):
    pass
'
