/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _XOPEN_SOURCE 700 // SA_RESETHAND

#include "rack/blame.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/attr.h"

static void
say(const char *text)
{
	(void)!write(STDERR_FILENO, text, strlen(text));
}

// What may be called in a handler: no more than that. The signal's own action
// is back by now, and ends us when it comes again.
static void
on_fatal(int signum)
{
	struct stage_rack_page_bytes *page = stage_rack_blame(NULL);

	stage_rack_blame_note(page);
	if (page != NULL) {
		say("stagecraft-rack: error: the plug-in ");
		say(page->plugin);
		say(" ends this process\n");
	}
	(void)raise(signum);
}

void
stage_rack_blame_watch(void)
{
	static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	struct sigaction action = {.sa_handler = on_fatal};

	sigemptyset(&action.sa_mask);
	action.sa_flags = (int)SA_RESETHAND;
	for (size_t i = 0; i < STAGE_COUNT_OF(fatal); i++) {
		sigaction(fatal[i], &action, NULL);
	}
}
