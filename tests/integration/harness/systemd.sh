#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: systemd.sh PREFIX HOME
#        systemd.sh PREFIX HOME boot
#
# The first form, as root in a mount namespace of its own, makes a control group
# and boots systemd in it, in fresh namespaces; when that has ended it removes the
# group. The end of its input ends it all. The second form is the first process in there: it sets the computer up,
# enables stagecraft as docs/boot.md tells, says "ready" and becomes systemd.
#
# HOME/units, if it is there, holds more units and links to them.

set -eu

prefix=$1
home=$2
groups=$home/cgroup
make_box=$(cat "${0%/*}/box.sh") # before /tmp is hidden, where we may lie

outside() {
	group=$groups/stagecraft-test-$$
	mkdir "$groups"
	if ! mount -t cgroup2 cgroup2 "$groups" || ! mkdir "$group"; then
		echo 'a control group of our own is not permitted here'
		exit 1
	fi
	sh -c 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"' sh "$group" \
		unshare --mount --pid --ipc --net --uts --cgroup --fork \
		--kill-child --mount-proc sh "$0" "$prefix" "$home" boot &
	cat >/dev/null
	# Without its first process the namespace is gone, and the group empty.
	first=$(cat "/proc/$!/task/$!/children" 2>/dev/null) || first=
	kill -KILL "${first:-$!}" 2>/dev/null || :
	wait
	find "$group" -depth -type d -exec rmdir {} +
}

# What systemd would change of the machine's own is read-only, its control
# groups are only ours.
protect() {
	umount "$groups"
	mount -t cgroup2 cgroup2 "$groups"
	umount -R /sys/fs/cgroup 2>/dev/null || :
	mount --bind /sys /sys
	mount -o remount,bind,ro /sys
	mount --move "$groups" /sys/fs/cgroup
	mount --bind /proc/sys /proc/sys
	mount -o remount,bind,ro /proc/sys
	# It would remount the machine's disks if it took this for a machine.
	mount --bind /bin/true /lib/systemd/systemd-shutdown
}

# As setup.sh does: empty /run and /tmp, but HOME and PREFIX stay.
hide() {
	mount -t tmpfs -o mode=0755 run /run
	mkdir /run/prefix /run/home
	mount --bind "$prefix" /run/prefix
	mount --bind "$home" /run/home
	mount -t tmpfs -o mode=1777 tmp /tmp
	mkdir -p "$home"
	mount --move /run/home "$home"
	mkdir -p "$home/prefix"
	mount --move /run/prefix "$home/prefix"
	rmdir /run/prefix /run/home
}

make_dev() {
	mkdir "$home/dev"
	mount -t tmpfs -o mode=0755 dev "$home/dev"
	mkdir "$home/dev/pts" "$home/dev/shm"
	for name in null zero full random urandom tty; do
		: >"$home/dev/$name"
		mount --bind "/dev/$name" "$home/dev/$name"
	done
	ln -s /proc/self/fd "$home/dev/fd"
	ln -s fd/0 "$home/dev/stdin"
	ln -s fd/1 "$home/dev/stdout"
	ln -s fd/2 "$home/dev/stderr"
	: >"$home/console"
	: >"$home/dev/console"
	mount --bind "$home/console" "$home/dev/console"
	mount -t devpts -o newinstance,ptmxmode=0666 devpts "$home/dev/pts"
	ln -s pts/ptmx "$home/dev/ptmx"
	mount -t tmpfs -o mode=1777 shm "$home/dev/shm"
	mount --rbind "$home/dev" /dev
}

# Of the units that come with systemd those that a computer cannot do without;
# whatever else is installed on this machine is not to run here.
choose_units() {
	ours=$home/systemd
	all=/lib/systemd/system
	mkdir -p "$ours/sysinit.target.wants" "$ours/sockets.target.wants"
	for name in basic emergency exit final getty local-fs local-fs-pre \
		multi-user paths rescue shutdown slices sockets swap sysinit \
		timers umount; do
		cp -a "$all/$name.target" "$ours/"
	done
	cp -a "$all"/systemd-journald* "$all/systemd-exit.service" \
		"$all/systemd-sysusers.service" \
		"$all/systemd-tmpfiles-setup.service" "$ours/"
	ln -s ../systemd-journald.service ../systemd-sysusers.service \
		../systemd-tmpfiles-setup.service "$ours/sysinit.target.wants/"
	ln -s ../systemd-journald.socket \
		../systemd-journald-dev-log.socket "$ours/sockets.target.wants/"
	mount --bind "$ours" "$all"
}

boot() {
	protect
	hide
	sh -c "$make_box" box.sh "$home/prefix" "$home"
	make_dev
	choose_units
	if [ -d "$home/units" ]; then
		cp -a "$home/units/." /etc/systemd/system/
	fi
	{
		systemd-sysusers /usr/local/lib/sysusers.d/stagecraft.conf
		SYSTEMD_OFFLINE=1 systemctl enable stagecraft
	} >"$home/enable.log" 2>&1
	echo ready
	exec env -i container=stagecraft-test \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		setpriv --bounding-set=-sys_time,-sys_module,-sys_boot,-sys_rawio \
		/lib/systemd/systemd --log-target=console --show-status=no \
		--unit=multi-user.target </dev/null >"$home/systemd.log" 2>&1
}

if [ "${3-}" = boot ]; then
	boot
else
	outside
fi
