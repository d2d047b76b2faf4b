/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What was learned, on disk: learned.patch and its generations.
 *
 * Every content that was ever in force is a generation: a numbered file of its
 * own in the state directory with its time, a reason, and where undo and redo
 * lead to from it. A step of undo or redo is a new generation, too, with an
 * older one's content; so the newest is always the one in force, and a change
 * after an undo only ends the way forward: no file is lost by it. Kept are the
 * 50 newest, the last one of each of the last 30 days that have any, and those
 * that 50 steps of undo or redo lead to.
 *
 * A save writes learned.patch first (base/atomic_file.h), which says itself
 * which generation it is, then the generation's own file. A process that is
 * killed in between has saved: stage_history_load writes what is missing. A
 * power cut leaves the old or the new one.
 *
 * What stage_history_load makes of what it finds:
 *
 *  - learned.patch as we wrote it: it is in force.
 *  - edited by hand (its checksum is old, or it has no first and last line of
 *    ours): it is in force when it can be read, and becomes a generation. It is
 *    not touched. Without a single line but comments it means: no connections.
 *  - put back by hand, from a generation or a copy of the rig: likewise.
 *  - empty, cut off, damaged, not readable, or of another version's format: it
 *    is renamed to learned.patch.bad-N, never removed, never overwritten; the
 *    newest good generation is in force and is written in its place.
 *  - missing while there are generations: the newest good one is in force and
 *    is written. A patchbay that forgets because a file got lost is none; who
 *    wants no connections empties the file of all but comments, or undoes.
 *  - nothing at all: the first start, an empty list.
 *
 * Where nothing is good, the list is empty, which is said; the bad file and the
 * generations stay.
 *
 * The disk may be full or read-only: what cannot be written is said, and what
 * the caller has in memory stays in force. learned.patch that was changed by
 * somebody else since we read it is never overwritten: saving gives STAGE_BUSY
 * until it was loaded. When to save, so that not every change waits for the
 * disk, is the caller's affair.
 *
 * Thread: any but the real-time one, one object by one thread at a time. One
 * process uses a rig's files at a time.
 */

#ifndef STAGE_PATCHBAY_HISTORY_H
#define STAGE_PATCHBAY_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "patchbay/learned_file.h"
#include "patchbay/statement.h"

struct stage_history;

/** What a load found. */
enum stage_history_found {
	STAGE_HISTORY_FRESH,   // nothing: the first start
	STAGE_HISTORY_WHOLE,   // what we wrote, or the same content
	STAGE_HISTORY_EDITED,  // by hand: another content than the last
	STAGE_HISTORY_MISSING, // the file; a generation is in force
	STAGE_HISTORY_BAD,     // the file; a generation is in force
	STAGE_HISTORY_LOST,    // nothing is good: the list is empty
	STAGE_HISTORY_FOUND_COUNT,
};

/** Makes one for a file (".../patchbay/learned.patch") and a directory for its
 * generations (".../state/patchbay"), neither of which must be there. Both
 * texts are copied. Nothing is read: stage_history_load comes first. Ownership:
 * the caller calls stage_history_destroy. Errors: STAGE_TOO_LONG,
 * STAGE_NO_MEMORY; *out is then NULL. */
STAGE_NODISCARD enum stage_status stage_history_create(const char *file,
	const char *dir, struct stage_history **out, struct stage_err *err);

/** Frees it. NULL is fine. */
void stage_history_destroy(struct stage_history *self);

/** Reads what is in force into `out`, which must be empty; at the start, and
 * when somebody else has changed learned.patch. now_s is the wall clock's time.
 * *found may be NULL.
 *
 * STAGE_OK whatever is on the disk; stage_history_warning has the sentence for
 * a log when something is not as it should be. Errors: STAGE_NO_MEMORY and
 * STAGE_FULL (descriptors): nothing has changed, and out is empty.
 */
STAGE_NODISCARD enum stage_status stage_history_load(struct stage_history *self,
	int64_t now_s, struct stage_patch_list *out,
	enum stage_history_found *found, struct stage_err *err);

/** What the last load, save, undo, redo or go that gave STAGE_OK has to tell
 * all the same, in one sentence; "" when nothing. Ownership: borrowed until the
 * next call. */
const char *stage_history_warning(const struct stage_history *self);

/** Makes `list` the newest generation; nothing is written when it is in force
 * already, and saved. reason: a few words about what was done.
 *
 * STAGE_OK when learned.patch is safe on the disk; a generation that could not
 * be kept is a warning, and is tried again with the next save. Errors:
 * STAGE_BUSY (load first), those of stage_atomic_save and of
 * stage_patch_text_format, STAGE_DENIED or STAGE_FULL when a bad file is still
 * there and cannot be put aside, STAGE_BUG before the first load. What was in
 * force on the disk then still is, but for what only could not be synced to it:
 * the next save gives STAGE_BUSY then.
 */
STAGE_NODISCARD enum stage_status stage_history_save(struct stage_history *self,
	const struct stage_patch_list *list, const char *reason, int64_t now_s,
	struct stage_err *err);

/** Takes the last change back, or makes it again, and reads what is then in
 * force into `out`, which must be empty. Errors: STAGE_NOT_FOUND when there is
 * nothing to undo (redo), or when it is no longer kept; STAGE_BAD_INPUT when
 * that generation is damaged; those of stage_history_save. Nothing has then
 * changed. */
STAGE_NODISCARD enum stage_status stage_history_undo(struct stage_history *self,
	int64_t now_s, struct stage_patch_list *out, struct stage_err *err);
STAGE_NODISCARD enum stage_status stage_history_redo(struct stage_history *self,
	int64_t now_s, struct stage_patch_list *out, struct stage_err *err);

/** Puts the content of any generation in force, as a change that can be undone.
 * Otherwise as stage_history_undo. */
STAGE_NODISCARD enum stage_status stage_history_go(struct stage_history *self,
	uint64_t number, int64_t now_s, struct stage_patch_list *out,
	struct stage_err *err);

/** The number of the generation in force; 0: none. */
uint64_t stage_history_current(const struct stage_history *self);

/** The generations there are, oldest first; *count of them. Ownership: borrowed
 * until the next call that changes something. */
const struct stage_learned_head *stage_history_list(
	const struct stage_history *self, size_t *count);

/** Reads one generation; number 0 is the empty one before all others. out must
 * be empty. Errors: STAGE_NOT_FOUND, STAGE_BAD_INPUT, STAGE_NO_MEMORY, and
 * those of stage_io_read_file. */
STAGE_NODISCARD enum stage_status stage_history_read(
	const struct stage_history *self, uint64_t number,
	struct stage_patch_list *out, struct stage_err *err);

/** Says what came and what went from generation `from` to generation `to`. Both
 * lists must be empty. Errors: as stage_history_read; both are then empty. */
STAGE_NODISCARD enum stage_status stage_history_diff(
	const struct stage_history *self, uint64_t from, uint64_t to,
	struct stage_patch_list *added, struct stage_patch_list *removed,
	struct stage_err *err);

#endif
