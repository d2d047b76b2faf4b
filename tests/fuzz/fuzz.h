/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What every fuzz target defines; libFuzzer and replay.c call it.
 *
 * A target feeds the bytes to one parser and calls abort() where a promise of
 * that parser's header is broken; the sanitizers watch the rest. It frees all
 * it allocates and keeps nothing from one call to the next, but for what takes
 * long to make and is as before after each call.
 */

#ifndef STAGE_TESTS_FUZZ_H
#define STAGE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** As assert(), also where NDEBUG is defined. */
#define FUZZ_CHECK(claim)                                                      \
	do {                                                                   \
		if (!(claim)) {                                                \
			fprintf(stderr, "%s:%d: broken promise: %s\n",         \
				__FILE__, __LINE__, #claim);                   \
			abort();                                               \
		}                                                              \
	} while (0)

#endif
