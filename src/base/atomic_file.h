/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Files that survive kill -9 and power cuts: saved whole or not at all, with
 * older generations beside them.
 *
 * A save of DIR/NAME that keeps N generations does this, in this order:
 *
 *  1. follows symbolic links to the file itself, so that a link stays a link;
 *  2. creates DIR/.NAME.new, locks it, gives it the mode and owner of the old
 *     file, writes all bytes and syncs them to the disk;
 *  3. renames NAME.(N-1) to NAME.N ... NAME.1 to NAME.2, then makes NAME.1
 *     another name of the old file (a copy where there are no hard links);
 *  4. renames .NAME.new over NAME;
 *  5. syncs the directory.
 *
 * What a crash leaves behind, by the step it interrupts: until 4, NAME is the
 * old file, untouched; from 4 on it is the new one, whole. NAME is never away,
 * so programs that know nothing of us read one or the other too. A crash in 3
 * can leave a gap in the numbers (readers skip it), or NAME.1 as a second name
 * of NAME (the next save sees that and does not count it twice). A crash in 2
 * leaves .NAME.new (with 3 on a file system without hard links .NAME.old),
 * which no reader looks at and which the next save replaces: nobody holds its
 * lock. After a power cut between 4 and 5 the old or the new file is there.
 *
 * When a save fails in steps 1 to 4, NAME is untouched and the new file is
 * removed; older generations may have moved up by one. When step 5 fails the
 * new content is in place but may not outlive a power cut.
 *
 * Two savers of one file at once: the second gets STAGE_BUSY. One that was
 * killed holds nothing. Readers never wait.
 *
 * Thread: any but the real-time one; a save waits for the disk.
 */

#ifndef STAGE_BASE_ATOMIC_FILE_H
#define STAGE_BASE_ATOMIC_FILE_H

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

#define STAGE_ATOMIC_KEEP_MAX 16 // older generations of one file

/** Replaces the content of a file by bytes[len].
 *
 * keep, 0 to STAGE_ATOMIC_KEEP_MAX, is the number of older generations that
 * stay as PATH.1 (the newest) to PATH.keep; those above it are left alone. The
 * directory must be there; a new file gets mode 0666 less the umask.
 *
 * Errors, each with a sentence that names the file: STAGE_BUSY (somebody is
 * saving it), STAGE_FULL, STAGE_DENIED, STAGE_NOT_FOUND (no directory),
 * STAGE_TOO_LONG (path, or the process' limit on file size where SIGXFSZ is
 * ignored), STAGE_BAD_INPUT (a directory, device or pipe is there: never
 * replaced), STAGE_IO, STAGE_BUG (keep out of range).
 */
STAGE_NODISCARD enum stage_status stage_atomic_save(const char *path,
	const void *bytes, size_t len, unsigned keep, struct stage_err *err);

/** Says whether bytes[len] (followed by a zero byte) are a whole, valid file;
 * when not, it returns another status than STAGE_OK and fills err. name is the
 * file's own path, for the sentence. */
typedef enum stage_status (*stage_atomic_check)(const char *name,
	const char *bytes, size_t len, void *user, struct stage_err *err);

/** What stage_atomic_load found. */
struct stage_atomic_found {
	unsigned generation;  // 0: the file itself; n: PATH.n
	struct stage_err why; // generation > 0: why the newer one was no good
};

/** Reads the newest valid generation of a file, in place of out's content.
 *
 * PATH comes first, then PATH.1 and so on; numbers that are not there are
 * skipped. check may be NULL: anything readable is then valid. found may be
 * NULL; a caller that logs should warn with found->why when it had to fall
 * back.
 *
 * Errors: STAGE_NOT_FOUND when there is no generation at all; STAGE_NO_MEMORY
 * and STAGE_FULL (descriptors) at once, without falling back; else the newest
 * one's own error (that of check, or of stage_io_read_file). out is then empty.
 */
STAGE_NODISCARD enum stage_status stage_atomic_load(const char *path,
	size_t max_bytes, stage_atomic_check check, void *user,
	struct stage_str *out, struct stage_atomic_found *found,
	struct stage_err *err);

/** Removes a file and all its generations; what is not there is fine. The link
 * that leads to a file stays. Errors: as unlink(2). */
STAGE_NODISCARD enum stage_status stage_atomic_remove(
	const char *path, struct stage_err *err);

#endif
