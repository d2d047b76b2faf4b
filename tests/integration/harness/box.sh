#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: box.sh PREFIX HOME
#
# In a world, as root: makes a computer of it. PREFIX stands at /usr/local; /etc
# is a copy, without what the machine itself boots; /var is empty.

set -eu

prefix=$1
home=$2

mount --bind "$prefix" /usr/local

mkdir "$home/etc" "$home/var"
cp -a /etc/. "$home/etc/"
rm -rf "$home"/etc/systemd/system "$home"/etc/systemd/user \
	"$home"/etc/init.d "$home"/etc/rc?.d "$home"/etc/service \
	"$home"/etc/fstab "$home"/etc/crypttab "$home"/etc/default/stagecraft
mkdir -p "$home"/etc/systemd/system "$home"/etc/systemd/user \
	"$home"/etc/init.d "$home"/etc/service "$home"/etc/default
mount --bind "$home/etc" /etc

mkdir -p "$home"/var/lib "$home"/var/log "$home"/var/service
mkdir -m 1777 "$home/var/tmp"
ln -s /run "$home/var/run"
mount --bind "$home/var" /var
