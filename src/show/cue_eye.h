/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Who listens at a port of this computer, as far as one can tell without
 * asking: the socket's number in the kernel, which is another one when the
 * program was started anew. Thread: any.
 */

#ifndef STAGE_SHOW_CUE_EYE_H
#define STAGE_SHOW_CUE_EYE_H

#include "show/cue_out.h"

/** As stage_show_cue_ops.identify wants it: 0, nobody listens there;
 * STAGE_SHOW_CUE_ANYBODY for targets on other computers, for MIDI, and where
 * the system does not say. */
uint64_t stage_show_cue_identify(const struct stage_show_cue_target *target);

/** The number in one line of the kernel's tables of sockets
 * (proc_pid_net(5)), when that socket takes what comes to that port over the
 * loopback; else 0. */
uint64_t stage_show_cue_socket_of(const char *line, bool is_tcp, uint16_t port);

#endif
