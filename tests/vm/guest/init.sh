#!/bin/busybox sh
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The first program in the guest: mounts the host's root directory read-only by
# 9p, lays a memory file system over it, and hands over to the agent there.
# /settings says where on the host SOURCE, BUILD, PREFIX and MODULES are.

# shellcheck shell=dash
export PATH=/bin

die() {
	echo "guest: $*"
	exit 1
}

# shellcheck source=/dev/null
. /settings
mount -t devtmpfs dev /dev
exec >/dev/console 2>&1
mount -t proc proc /proc
mount -t sysfs sys /sys
for module in /lib/*; do
	insmod "$module" || die "cannot load $module"
done

options=trans=virtio,version=9p2000.L,msize=512000
mount -t 9p -o "$options,cache=loose,ro" root /lower ||
	die "cannot mount the host's root"
mount -t tmpfs -o mode=0755 upper /upper
mkdir -p /upper/data /upper/work
mount -t overlay -o lowerdir=/lower,upperdir=/upper/data,workdir=/upper/work \
	root /newroot || die "cannot lay memory over the host's root"
cd /newroot || die "there is no root"

for where in dev proc sys run tmp root stage/source stage/build stage/share; do
	mkdir -p "$where"
done
mkdir -p "usr/local" "usr/lib/modules/${MODULES##*/}"
mount -t devtmpfs dev dev
mkdir -p dev/shm dev/pts
mount -t tmpfs -o mode=1777 shm dev/shm
mount -t devpts pts dev/pts
mount -t proc proc proc
mount -t sysfs sys sys
mount -t tmpfs -o mode=0755 run run
mount -t tmpfs -o mode=1777 tmp tmp
mount -t tmpfs -o mode=0700 home root
for pair in "$SOURCE stage/source" "$BUILD stage/build" "$PREFIX usr/local" \
	"$MODULES usr/lib/modules/${MODULES##*/}"; do
	from=${pair% *}
	mount -o bind "/lower$from" "${pair##* }" || die "the host has no $from"
done
mount -t 9p -o "$options" share stage/share || die "cannot mount what is shared"

ip link set lo up
hostname guest
exec switch_root /newroot /usr/bin/env -i \
	PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME=/root LANG=C.UTF-8 \
	TERM=dumb JACK_NO_AUDIO_RESERVATION=1 PYTHONDONTWRITEBYTECODE=1 \
	/usr/bin/python3 -S -E /stage/source/tests/vm/guest/agent.py
