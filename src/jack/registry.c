/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/registry.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

#define MAGIC 0x4a41434bU
#define TYPE_POSIX 1U
#define HEADER_BYTES 2136U
#define ENTRY_BYTES 268U

#define AT_TYPE 8U
#define AT_SIZE 12U
#define AT_HEADER_LEN 16U
#define AT_ENTRY_LEN 20U
#define AT_SLOTS 24U
#define SLOT_BYTES 264U
#define AT_SLOT_NAME 4U
#define AT_ALLOCATOR 4U
#define AT_SEGMENT_SIZE 8U
#define AT_ID 12U
#define ID_BYTES 255U

static_assert(AT_SLOTS + STAGE_JACK_SERVER_SLOTS * SLOT_BYTES == HEADER_BYTES,
	"the slots fill the header");
static_assert(SLOT_BYTES <= STAGE_JACK_RANGE_MAX &&
		      ENTRY_BYTES - AT_ALLOCATOR <= STAGE_JACK_RANGE_MAX,
	"a range has a limit");
static_assert(HEADER_BYTES + STAGE_JACK_SEGMENT_SLOTS * ENTRY_BYTES ==
		      STAGE_JACK_REGISTRY_BYTES,
	"the entries fill the file");

static uint32_t
u32_at(const unsigned char *bytes, size_t offset)
{
	uint32_t value;

	memcpy(&value, bytes + offset, sizeof(value));
	return value;
}

static pid_t
pid_at(const unsigned char *bytes, size_t offset)
{
	int32_t value;

	memcpy(&value, bytes + offset, sizeof(value));
	return value;
}

// Reads decimal digits; gives what follows them, NULL when there are none or
// the number does not fit.
static const char *
read_number(const char *text, uint32_t *out)
{
	uint64_t value = 0;
	const char *p = text;

	for (; *p >= '0' && *p <= '9'; p++) {
		value = value * 10 + (uint64_t)(*p - '0');
		if (value > UINT32_MAX) {
			return NULL;
		}
	}
	*out = (uint32_t)value;
	return p != text ? p : NULL;
}

// "jack-UID:SERVER:"
static bool
parse_slot_name(const char *text, struct stage_jack_slot *slot)
{
	size_t len = strlen(text);
	uint32_t uid = 0;
	const char *p;

	if (!stage_starts_with(text, "jack-")) {
		return false;
	}
	p = read_number(text + strlen("jack-"), &uid);
	if (p == NULL || *p != ':' || text[len - 1] != ':' ||
		p == text + len - 1 || p + 1 == text + len - 1) {
		return false;
	}
	snprintf(slot->name, sizeof(slot->name), "%.*s",
		(int)(text + len - 1 - (p + 1)), p + 1);
	slot->uid = (uid_t)uid;
	return true;
}

// "/jack-UID-N"
static bool
parse_segment_id(const char *id, uid_t *uid_out)
{
	uint32_t uid = 0;
	uint32_t number = 0;
	const char *p;

	if (!stage_starts_with(id, "/jack-")) {
		return false;
	}
	p = read_number(id + strlen("/jack-"), &uid);
	if (p == NULL || *p != '-') {
		return false;
	}
	p = read_number(p + 1, &number);
	*uid_out = (uid_t)uid;
	return p != NULL && *p == '\0';
}

static void
parse_slot(
	const unsigned char *at, size_t index, struct stage_jack_registry *out)
{
	struct stage_jack_slot *slot = &out->slots[out->slot_count];
	char text[STAGE_JACK_SLOT_NAME_MAX];

	if (pid_at(at, 0) == 0) {
		return;
	}
	memcpy(text, at + AT_SLOT_NAME, sizeof(text));
	text[sizeof(text) - 1] = '\0';
	*slot = (struct stage_jack_slot){.index = index, .pid = pid_at(at, 0)};
	slot->is_named = parse_slot_name(text, slot);
	out->slot_count++;
}

static void
parse_segment(
	const unsigned char *at, size_t index, struct stage_jack_registry *out)
{
	struct stage_jack_segment *segment = &out->segments[out->segment_count];
	pid_t allocator = pid_at(at, AT_ALLOCATOR);
	uint32_t size = u32_at(at, AT_SEGMENT_SIZE);

	if (allocator == 0 && size == 0) {
		return;
	}
	*segment = (struct stage_jack_segment){
		.index = index, .allocator = allocator, .size = size};
	memcpy(segment->id, at + AT_ID, ID_BYTES);
	segment->id[ID_BYTES] = '\0';
	segment->is_named = parse_segment_id(segment->id, &segment->uid);
	out->segment_count++;
}

static enum stage_status
check_header(const unsigned char *bytes, size_t len, struct stage_err *err)
{
	static const struct {
		size_t offset;
		uint32_t wanted;
		const char *what;
	} fields[] = {
		{0, MAGIC, "magic number"},
		{AT_TYPE, TYPE_POSIX, "type"},
		{AT_SIZE, STAGE_JACK_REGISTRY_BYTES, "size"},
		{AT_HEADER_LEN, HEADER_BYTES, "header length"},
		{AT_ENTRY_LEN, ENTRY_BYTES, "entry length"},
	};

	if (len != STAGE_JACK_REGISTRY_BYTES) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"JACK's registry holds %zu bytes where %d belong", len,
			STAGE_JACK_REGISTRY_BYTES);
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(fields); i++) {
		uint32_t found = u32_at(bytes, fields[i].offset);
		if (found != fields[i].wanted) {
			return stage_err_set(err, STAGE_BAD_INPUT,
				"JACK's registry has %s %" PRIu32
				" where %" PRIu32 " belongs",
				fields[i].what, found, fields[i].wanted);
		}
	}
	return STAGE_OK;
}

enum stage_status
stage_jack_registry_parse(const void *bytes, size_t len,
	struct stage_jack_registry *out, struct stage_err *err)
{
	const unsigned char *at = bytes;
	enum stage_status status;

	out->slot_count = 0;
	out->segment_count = 0;
	status = check_header(at, len, err);
	if (status != STAGE_OK) {
		return status;
	}
	for (size_t i = 0; i < STAGE_JACK_SERVER_SLOTS; i++) {
		parse_slot(at + AT_SLOTS + i * SLOT_BYTES, i, out);
	}
	for (size_t i = 0; i < STAGE_JACK_SEGMENT_SLOTS; i++) {
		parse_segment(at + HEADER_BYTES + i * ENTRY_BYTES, i, out);
	}
	return STAGE_OK;
}

struct stage_jack_range
stage_jack_registry_slot(size_t index)
{
	return (struct stage_jack_range){
		.offset = AT_SLOTS + index * SLOT_BYTES, .len = SLOT_BYTES};
}

struct stage_jack_range
stage_jack_registry_segment(size_t index)
{
	// the index at 0 stays
	return (struct stage_jack_range){
		.offset = HEADER_BYTES + index * ENTRY_BYTES + AT_ALLOCATOR,
		.len = ENTRY_BYTES - AT_ALLOCATOR};
}

static bool
is_number(const char *text)
{
	uint32_t value = 0;
	const char *end = read_number(text, &value);

	return end != NULL && *end == '\0';
}

// "PREFIXuid", with a dash and a number behind it or not.
static bool
is_uid_name(const char *name, const char *prefix, uid_t uid, bool has_number)
{
	uint32_t value = 0;
	const char *p;

	if (!stage_starts_with(name, prefix)) {
		return false;
	}
	p = read_number(name + strlen(prefix), &value);
	if (p == NULL || value != (uint32_t)uid) {
		return false;
	}
	return has_number ? *p == '-' && is_number(p + 1) : *p == '\0';
}

// What follows "jack_sem." in a semaphore's name, NULL for other names.
static const char *
semaphore_rest(const char *name)
{
	if (stage_starts_with(name, "sem.")) {
		name += strlen("sem.");
	}
	if (!stage_starts_with(name, "jack_sem.")) {
		return NULL;
	}
	return name + strlen("jack_sem.");
}

enum stage_jack_file
stage_jack_file_kind(const char *name, uid_t uid)
{
	const char *tail = strrchr(name, '_');

	if (strcmp(name, STAGE_JACK_REGISTRY_FILE) == 0) {
		return STAGE_JACK_FILE_REGISTRY;
	}
	if (is_uid_name(name, "jack-", uid, true)) {
		return STAGE_JACK_FILE_SEGMENT;
	}
	if (is_uid_name(name, "jack_db-", uid, false)) {
		return STAGE_JACK_FILE_DATABASE;
	}
	if (semaphore_rest(name) != NULL) {
		return STAGE_JACK_FILE_SEMAPHORE;
	}
	if (stage_starts_with(name, "jack_") && tail != NULL &&
		tail > name + strlen("jack_") && is_number(tail + 1)) {
		return STAGE_JACK_FILE_SOCKET;
	}
	return STAGE_JACK_FILE_OTHER;
}

bool
stage_jack_semaphore_is_of(const char *file_name, uid_t uid, const char *server)
{
	const char *rest = semaphore_rest(file_name);
	size_t len = strlen(server);
	uint32_t value = 0;
	const char *p;

	if (rest == NULL) {
		return false;
	}
	if (strncmp(rest, server, len) == 0 && rest[len] == '_') {
		return true; // promiscuous
	}
	p = read_number(rest, &value);
	return p != NULL && value == (uint32_t)uid && *p == '_' &&
	       strncmp(p + 1, server, len) == 0 && p[1 + len] == '_';
}

enum stage_status
stage_jack_socket_server(
	const char *file_name, uid_t uid, char *out, size_t size)
{
	const char *start = file_name + strlen("jack_");
	const char *end;
	char suffix[16];
	size_t len;

	if (stage_jack_file_kind(file_name, uid) != STAGE_JACK_FILE_SOCKET) {
		return STAGE_BAD_INPUT;
	}
	end = strrchr(file_name, '_');
	snprintf(suffix, sizeof(suffix), "_%u", (unsigned)uid);
	len = strlen(suffix);
	if ((size_t)(end - start) > len &&
		strncmp(end - len, suffix, len) == 0) {
		end -= len;
	}
	return stage_format(out, size, "%.*s", (int)(end - start), start);
}

enum stage_status
stage_jack_socket_name(char *out, size_t size, const char *server, uid_t uid,
	bool is_promiscuous)
{
	enum stage_status status;

	if (is_promiscuous) {
		status = stage_format(out, size, "jack_%s_0", server);
	} else {
		status = stage_format(
			out, size, "jack_%s_%u_0", server, (unsigned)uid);
	}
	for (char *p = out; status == STAGE_OK && *p != '\0'; p++) {
		if (*p == '/' || *p == '\\') {
			*p = '_'; // as JACK does
		}
	}
	return status;
}
