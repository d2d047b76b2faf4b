/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Has a program live through a day and more: a library for LD_PRELOAD, with
 * which JACK's count of frames, 32 bits, wraps JACK_WRAP_MS milliseconds after
 * the program first asks for it. */

#define _GNU_SOURCE // RTLD_NEXT

#include <dlfcn.h>
#include <jack/jack.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define MS_PER_S 1000

typedef jack_nframes_t count_function(const jack_client_t *);

static count_function *real_now, *real_last;
static _Atomic uint32_t added;
static atomic_bool is_set;

__attribute__((constructor)) static void
find(void)
{
	*(void **)&real_now = dlsym(RTLD_NEXT, "jack_frame_time");
	*(void **)&real_last = dlsym(RTLD_NEXT, "jack_last_frame_time");
	if (real_now == NULL || real_last == NULL) {
		abort();
	}
}

static uint32_t
shift(jack_client_t *client)
{
	const char *ms = getenv("JACK_WRAP_MS");

	if (!atomic_exchange(&is_set, true)) {
		uint64_t rate = jack_get_sample_rate(client);
		uint64_t frames =
			strtoul(ms ? ms : "0", NULL, 10) * rate / MS_PER_S;
		atomic_store(&added, 0U - real_last(client) - (uint32_t)frames);
	}
	return atomic_load(&added);
}

jack_nframes_t
jack_frame_time(const jack_client_t *client)
{
	return real_now(client) + shift((jack_client_t *)(uintptr_t)client);
}

jack_nframes_t
jack_last_frame_time(const jack_client_t *client)
{
	return real_last(client) + shift((jack_client_t *)(uintptr_t)client);
}
