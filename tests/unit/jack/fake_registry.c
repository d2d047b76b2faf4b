/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "fake_registry.h"

#include <string.h>

void
fake_registry_poke(unsigned char *bytes, size_t offset, uint32_t value)
{
	memcpy(bytes + offset, &value, sizeof(value));
}

void
fake_registry_init(unsigned char *bytes)
{
	memset(bytes, 0, FAKE_REGISTRY_BYTES);
	fake_registry_poke(bytes, 0, 0x4a41434b);
	fake_registry_poke(bytes, 8, 1);
	fake_registry_poke(bytes, 12, FAKE_REGISTRY_BYTES);
	fake_registry_poke(bytes, 16, 2136);
	fake_registry_poke(bytes, 20, 268);
	for (uint16_t i = 0; i < 256; i++) {
		memcpy(bytes + 2136 + 268 * (size_t)i, &i, sizeof(i));
	}
}

void
fake_registry_set_slot(
	unsigned char *bytes, size_t index, int32_t pid, const char *name)
{
	unsigned char *at = bytes + 24 + 264 * index;

	memcpy(at, &pid, sizeof(pid));
	memset(at + 4, 0, 257);
	memcpy(at + 4, name, strlen(name));
}

void
fake_registry_set_entry(unsigned char *bytes, size_t index, int32_t allocator,
	uint32_t size, const char *id)
{
	unsigned char *at = bytes + 2136 + 268 * index;

	memcpy(at + 4, &allocator, sizeof(allocator));
	memcpy(at + 8, &size, sizeof(size));
	memset(at + 12, 0, 255);
	memcpy(at + 12, id, strlen(id));
}
