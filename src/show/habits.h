/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** How long programs take: until they say that they are there, have opened,
 * have saved, have ended; and how much memory. From what was seen it says how
 * long to wait, and what they will want.
 *
 * That is twice the longest of the last times, and not less than a part of what
 * is usual: a program that takes long is not given up, and a sick one that is
 * quick otherwise is so sooner. One that has never answered, three times in a
 * row, is waited for as little as that, too. Less than usual is waited only
 * when some times are known.
 *
 * Pure. Thread: the loop's.
 */

#ifndef STAGE_SHOW_HABITS_H
#define STAGE_SHOW_HABITS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "show/songconf.h"

#define STAGE_SHOW_HABITS_MAX 256 // programs; those seen last stay
#define STAGE_SHOW_TIMES_MAX 8    // of each kind, the last ones
#define STAGE_SHOW_PATIENCE_MAX_NS 300000000000

struct stage_show_habits;

/** NULL: out of memory. */
struct stage_show_habits *stage_show_habits_create(void);

/** NULL is fine. */
void stage_show_habits_destroy(struct stage_show_habits *self);

/** A program has done what was waited for, in so much time. Out of memory costs
 * the knowledge. self may be NULL, here and below: nothing is known. */
void stage_show_habits_note(struct stage_show_habits *self, const char *program,
	enum stage_show_deadline what, int64_t took_ns);

/** It has not, in the time that it had. */
void stage_show_habits_miss(struct stage_show_habits *self, const char *program,
	enum stage_show_deadline what);

/** How long to wait for a program, where usual_ns is so for one that is not
 * known. */
int64_t stage_show_habits_patience_ns(const struct stage_show_habits *self,
	const char *program, enum stage_show_deadline what, int64_t usual_ns);

/** Whether it has not said that it is there, twice or more in a row: nobody
 * should wait for that, until it is noted again that it has. */
bool stage_show_habits_is_silent(
	const struct stage_show_habits *self, const char *program);

/** A program had so much memory of its own, in bytes, when its song was over.
 * 0: nobody knows, and nothing is learned. */
void stage_show_habits_note_memory(
	struct stage_show_habits *self, const char *program, int64_t bytes);

/** The most memory that it had the last times, in bytes; 0: not known. */
int64_t stage_show_habits_memory(
	const struct stage_show_habits *self, const char *program);

/** Whether something was learned since it was asked last. */
bool stage_show_habits_take_change(struct stage_show_habits *self);

/** As JSON. Ownership: the caller's. NULL: out of memory. */
json_t *stage_show_habits_write(const struct stage_show_habits *self);

/** Takes over what another one has written; what is wrong with it is passed
 * over. from may be NULL. */
void stage_show_habits_read(struct stage_show_habits *self, const json_t *from);

#endif
