/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Hears which clients of JACK finish no cycles any more. The patchbay takes no
 * part in cycles, so it cannot see that itself; stagecraft-jack does, and tells
 * it on its socket. Of another server nothing is heard.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_PATCHBAY_HUNG_H
#define STAGE_PATCHBAY_HUNG_H

#include <stdbool.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"

struct stage_patch_hung;

/** Called from within the loop, and from stage_patch_hung_listen: a client
 * hangs, or goes on again. */
typedef void stage_patch_hung_told(
	void *user, const char *client, bool is_hung);

/** Makes one that does not listen yet. path: of the server's socket, copied.
 * user is borrowed. Ownership: stage_patch_hung_destroy. NULL when out of
 * memory. */
struct stage_patch_hung *stage_patch_hung_create(uv_loop_t *loop,
	const char *path, stage_patch_hung_told *told, void *user);

/** Begins to listen, where it does not and there is who tells; those that hang
 * already are told at once, and of whom that was told before and who does not
 * any more. Waits for the answer, half a second at most. */
void stage_patch_hung_listen(struct stage_patch_hung *self);

/** Ends it; nothing is told any more. NULL is fine. */
void stage_patch_hung_destroy(struct stage_patch_hung *self);

#endif
