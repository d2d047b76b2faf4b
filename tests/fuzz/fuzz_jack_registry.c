/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "fuzz.h"
#include "jack/registry.h"

static unsigned char bytes[STAGE_JACK_REGISTRY_BYTES];
static struct stage_jack_registry registry;

static void
put(size_t offset, uint32_t value)
{
	memcpy(bytes + offset, &value, sizeof(value));
}

static void
make_header(void)
{
	memset(bytes, 0, sizeof(bytes));
	put(0, 0x4a41434b);
	put(8, 1);
	put(12, STAGE_JACK_REGISTRY_BYTES);
	put(16, 2136);
	put(20, 268);
}

// The input is patches: where (two bytes), how many bytes (one), the bytes.
static void
patch(const uint8_t *data, size_t size)
{
	while (size > 3) {
		size_t offset = (size_t)(data[0] << 8 | data[1]);
		size_t len = data[2] < size - 3 ? data[2] : size - 3;
		if (offset + len <= sizeof(bytes)) {
			memcpy(bytes + offset, data + 3, len);
		}
		data += 3 + len;
		size -= 3 + len;
	}
}

static void
check_slots(void)
{
	for (size_t i = 0; i < registry.slot_count; i++) {
		const struct stage_jack_slot *slot = &registry.slots[i];
		FUZZ_CHECK(slot->index < STAGE_JACK_SERVER_SLOTS);
		FUZZ_CHECK(slot->pid != 0);
		FUZZ_CHECK(!slot->is_named || slot->name[0] != '\0');
		FUZZ_CHECK(memchr(slot->name, 0, sizeof(slot->name)) != NULL);
	}
}

static void
check_segments(void)
{
	for (size_t i = 0; i < registry.segment_count; i++) {
		const struct stage_jack_segment *segment =
			&registry.segments[i];
		FUZZ_CHECK(segment->index < STAGE_JACK_SEGMENT_SLOTS);
		FUZZ_CHECK(memchr(segment->id, 0, sizeof(segment->id)) != NULL);
		// such a name is unlinked: it must not lead out of the
		// directory
		FUZZ_CHECK(!segment->is_named ||
			   strchr(segment->id + 1, '/') == NULL);
	}
}

// Freeing all that is in use leaves nothing in use.
static void
check_ranges(void)
{
	struct stage_jack_registry after;

	for (size_t i = 0; i < registry.slot_count; i++) {
		struct stage_jack_range range =
			stage_jack_registry_slot(registry.slots[i].index);
		memset(bytes + range.offset, 0, range.len);
	}
	for (size_t i = 0; i < registry.segment_count; i++) {
		struct stage_jack_range range =
			stage_jack_registry_segment(registry.segments[i].index);
		memset(bytes + range.offset, 0, range.len);
	}
	FUZZ_CHECK(stage_jack_registry_parse(
			   bytes, sizeof(bytes), &after, NULL) == STAGE_OK);
	FUZZ_CHECK(after.slot_count == 0 && after.segment_count == 0);
}

// The socket of a server is known as its own; but a server "sem.x" has one that
// is called as JACK calls a semaphore.
static void
check_socket(const char *server)
{
	char socket[300];
	char again[300];

	if (server[0] == '\0' || strpbrk(server, "/\\") != NULL ||
		strncmp(server, "sem.", 4) == 0 ||
		stage_jack_socket_name(socket, sizeof(socket), server, 1000,
			false) != STAGE_OK) {
		return;
	}
	FUZZ_CHECK(
		stage_jack_file_kind(socket, 1000) == STAGE_JACK_FILE_SOCKET);
	FUZZ_CHECK(stage_jack_socket_server(
			   socket, 1000, again, sizeof(again)) == STAGE_OK);
	FUZZ_CHECK(strcmp(again, server) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char server[STAGE_JACK_SLOT_NAME_MAX];
	char name[300];

	if (stage_jack_registry_parse(data, size, &registry, NULL) ==
		STAGE_OK) {
		check_slots();
		check_segments();
	}
	make_header();
	patch(data, size);
	if (stage_jack_registry_parse(bytes, sizeof(bytes), &registry, NULL) ==
		STAGE_OK) {
		check_slots();
		check_segments();
		check_ranges();
	}
	if (size < sizeof(name)) { // as a file's name
		memcpy(name, data, size);
		name[size] = '\0';
		FUZZ_CHECK((stage_jack_socket_server(name, 1000, server,
				    sizeof(server)) == STAGE_BAD_INPUT) ==
			   (stage_jack_file_kind(name, 1000) !=
				   STAGE_JACK_FILE_SOCKET));
		(void)stage_jack_semaphore_is_of(name, 1000, "default");
		check_socket(name);
	}
	return 0;
}
