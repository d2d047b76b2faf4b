/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Prints as one line of JSON what of JACK2 is in /dev/shm for this user, and
 * what of it is stale. Exits 0 when nothing is stale, 1 when something is, 111
 * when it could not look.
 *
 *   jack-stale [DIRECTORY]
 */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/exits.h"
#include "jack/clean.h"

static void
print_counts(const char *name, const struct stage_jack_counts *counts)
{
	printf("\"%s\":{\"slots\":%zu,\"entries\":%zu,\"segments\":%zu,"
	       "\"sockets\":%zu,\"semaphores\":%zu,\"databases\":%zu,"
	       "\"registries\":%zu}",
		name, counts->slots, counts->entries, counts->segments,
		counts->sockets, counts->semaphores, counts->databases,
		counts->registries);
}

int
main(int argc, char **argv)
{
	const char *dir = argc > 1 ? argv[1] : STAGE_JACK_SHM_DIR;
	const struct stage_jack_counts none = {0};
	struct stage_jack_survey survey;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_jack_survey(dir, getuid(), &survey, &err) != STAGE_OK) {
		fprintf(stderr, "jack-stale: error: %s\n", err.text);
		return STAGE_EXIT_TEMPORARY;
	}
	printf("{\"live_servers\":%zu,", survey.live_servers);
	print_counts("present", &survey.present);
	printf(",");
	print_counts("stale", &survey.stale);
	printf("}\n");
	return memcmp(&survey.stale, &none, sizeof(none)) == 0 ? STAGE_EXIT_OK
							       : STAGE_EXIT_NO;
}
