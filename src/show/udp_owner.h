/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Whose a UDP port of this computer is.
 * Thread: any. */

#ifndef STAGE_SHOW_UDP_OWNER_H
#define STAGE_SHOW_UDP_OWNER_H

#include <stdbool.h>
#include <sys/types.h>

/** True when a process of that group has a UDP socket with that local port
 * open (/proc/net/udp and /proc/PID/fd). On systems that cannot tell: true. */
bool stage_show_udp_is_of_group(int port, pid_t group);

/** True when somebody has that local port. On systems that cannot tell: true.
 */
bool stage_show_udp_is_taken(int port);

#endif
