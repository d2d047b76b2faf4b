/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/blame.h"

#include "base/clock.h"

// A signal's handler has nothing else to go by. It is found without a call, for
// it is in a program, never in a library that is loaded later.
static _Thread_local struct stage_rack_page_bytes *blamed
	__attribute__((tls_model("initial-exec")));

STAGE_RT struct stage_rack_page_bytes *
stage_rack_blame(struct stage_rack_page_bytes *page)
{
	struct stage_rack_page_bytes *before = blamed;

	blamed = page;
	return before;
}

STAGE_RT void
stage_rack_blame_note(struct stage_rack_page_bytes *page)
{
	if (page != NULL) {
		atomic_store(&page->crashed_ns[1],
			atomic_load(&page->crashed_ns[0]));
		atomic_store(&page->crashed_ns[0], stage_clock_now_ns());
	}
}
