/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Writes the bytes of a JACK2 registry, for tests. Its idea of the layout is
 * its own, so that a slip in the parser shows. */

#ifndef STAGE_TESTS_FAKE_REGISTRY_H
#define STAGE_TESTS_FAKE_REGISTRY_H

#include <stddef.h>
#include <stdint.h>

#define FAKE_REGISTRY_BYTES 70744

/** An empty one, as JACK makes it. */
void fake_registry_init(unsigned char *bytes);

/** Fills a slot / an entry; name and id as JACK writes them. */
void fake_registry_set_slot(
	unsigned char *bytes, size_t index, int32_t pid, const char *name);
void fake_registry_set_entry(unsigned char *bytes, size_t index,
	int32_t allocator, uint32_t size, const char *id);

/** Writes a 32 bit number at an offset. */
void fake_registry_poke(unsigned char *bytes, size_t offset, uint32_t value);

#endif
