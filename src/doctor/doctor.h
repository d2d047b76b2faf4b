/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Whether this computer and this rig are fit for a show: what to mend before
 * it begins, each in a sentence that says how.
 *
 *	stage_doctor_look ──► facts ──► stage_doctor_judge ──► findings
 *	  /proc, /sys, rig                  pure
 *
 * Thread: any but the real-time one; look reads many small files.
 */

#ifndef STAGE_DOCTOR_DOCTOR_H
#define STAGE_DOCTOR_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/snapshot.h"
#include "seq/holder.h"

#define STAGE_DOCTOR_UNKNOWN (-1) // of a number
#define STAGE_DOCTOR_UNLIMITED INT64_MAX

enum stage_doctor_level {
	STAGE_DOCTOR_OK,
	STAGE_DOCTOR_NOT_KNOWN, // this computer does not tell
	STAGE_DOCTOR_WARN,      // it may spoil a show
	STAGE_DOCTOR_BAD,       // it does
	STAGE_DOCTOR_LEVEL_COUNT,
};

/** What was found. Numbers are STAGE_DOCTOR_UNKNOWN where they are not. */
struct stage_doctor_facts {
	const struct stage_services *services; // borrowed; those of the rig
	const struct stage_service *server;    // borrowed; NULL: none is ready
	bool is_slow;          // it has no real-time thread, and should
	bool is_up;            // the rig
	bool is_supervised;    // runsvdir runs
	int64_t locked_bytes;  // memory that the server has locked
	int64_t memlock_bytes; // that it may lock; or STAGE_DOCTOR_UNLIMITED
	char governor[32];     // of the first CPU that may be slowed down, or
			       // of any; "": not known
	struct stage_holder
		other;  // who has a sound card, and is not the server
	int other_card; // which; STAGE_DOCTOR_UNKNOWN: nobody
	int64_t disk_bytes, disk_free_bytes;     // the rig's file system
	bool is_read_only;                       // that is
	int64_t memory_bytes, memory_free_bytes; // free: could be had at once
	int64_t swap_bytes;
	int64_t swappiness;
	int64_t temperature_mc; // the hottest, in thousandths of a degree C
	int64_t wall_s;         // since 1970
};

struct stage_doctor_check {
	const char *name; // "realtime"
	enum stage_doctor_level level;
	char text[STAGE_ERR_TEXT_MAX]; // a sentence without a full stop
};

#define STAGE_DOCTOR_CHECKS 10

struct stage_doctor {
	struct stage_doctor_check checks[STAGE_DOCTOR_CHECKS];
};

/** Reads the facts. system: "" for this computer, or a directory that has
 * proc/ and sys/ of the same form. services are borrowed as long as facts are
 * used. */
void stage_doctor_look(const struct stage_rig *rig, const char *system,
	const struct stage_services *services,
	struct stage_doctor_facts *facts);

/** The same, only of disk, memory and temperature, which takes no long look at
 * the system; the others are not known. */
void stage_doctor_look_at_computer(const struct stage_rig *rig,
	const char *system, const struct stage_services *services,
	struct stage_doctor_facts *facts);

/** What the facts mean. Pure. */
void stage_doctor_judge(
	const struct stage_doctor_facts *facts, struct stage_doctor *out);

/** The worst of all; one that is not known is as good as well. */
enum stage_doctor_level stage_doctor_worst(const struct stage_doctor *self);

/** "ok", "unknown", "warn", "bad". Never NULL. */
const char *stage_doctor_level_word(enum stage_doctor_level level);

/** {"name", "level", "text"}. Ownership: the caller's. NULL: no memory. */
json_t *stage_doctor_check_to_json(const struct stage_doctor_check *check);

/** {"worst", "checks": [{"name", "level", "text"}], "machine": {"disk_bytes",
 * "disk_free_bytes", "memory_bytes", "memory_free_bytes", "temperature_c"}};
 * what is not known is null. Ownership: the caller's. NULL: no memory. */
json_t *stage_doctor_to_json(const struct stage_doctor *self,
	const struct stage_doctor_facts *facts);

#endif
