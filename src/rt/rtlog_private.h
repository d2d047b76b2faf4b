/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What is in a real-time log; for rtlog_rt.c and rtlog_setup.c only. */

#ifndef STAGE_RT_RTLOG_PRIVATE_H
#define STAGE_RT_RTLOG_PRIVATE_H

#include <stdatomic.h>

#include "rt/ring.h"
#include "rt/rtlog.h"

/** The payload of a record; its type is the id. */
struct stage_rtlog_record {
	int64_t a;
	int64_t b;
};

struct stage_rtlog {
	struct stage_ring *ring;
	const struct stage_rtlog_line *lines; // [count], borrowed
	size_t count;
	_Atomic uint32_t dropped; // records since the last drain
};

#endif
