/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/room.h"

#include <stdlib.h>
#include <string.h>

#define STEP 16
#define ALIGNMENT 64

void *
stage_rack_room(void *items, size_t count, size_t size)
{
	return count % STEP != 0 ? items
				 : realloc(items, (count + STEP) * size);
}

void *
stage_rack_buffer(size_t bytes)
{
	void *buffer = NULL;

	if (posix_memalign(&buffer, ALIGNMENT, bytes) != 0) {
		return NULL;
	}
	memset(buffer, 0, bytes);
	return buffer;
}
