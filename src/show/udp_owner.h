/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Whether a UDP port of this computer still belongs to a process of a group.
 * Thread: any. */

#ifndef STAGE_SHOW_UDP_OWNER_H
#define STAGE_SHOW_UDP_OWNER_H

#include <stdbool.h>
#include <sys/types.h>

/** True when a process of that group has a UDP socket with that local port
 * open (/proc/net/udp and /proc/PID/fd). On systems that cannot tell: true. */
bool stage_show_udp_is_of_group(int port, pid_t group);

#endif
