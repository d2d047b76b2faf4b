/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/page.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "rack/bits.h"

#define MAGIC "SCRACK1"
#define PAGE_MODE 0600

_Static_assert(sizeof(MAGIC) == 8, "it fills its field");
_Static_assert(offsetof(struct stage_rack_page_bytes, values) == 560 &&
		       sizeof(struct stage_rack_page_value) == 144,
	"the layout does not depend on the compiler");

static void
fill(struct stage_rack_page_bytes *bytes,
	const struct stage_rack_memory *memory)
{
	memcpy(bytes->magic, MAGIC, sizeof(bytes->magic));
	bytes->value_count = (uint32_t)memory->value_count;
	memcpy(bytes->plugin, memory->plugin, sizeof(bytes->plugin));
	bytes->configured_bypassed = memory->was_configured_bypassed;
	bytes->configured_wet_bits = stage_rack_bits_of(memory->configured_wet);
	atomic_init(&bytes->is_bypassed, memory->is_bypassed);
	atomic_init(&bytes->wet_bits, stage_rack_bits_of(memory->wet));
	atomic_init(&bytes->changes, 1);
	atomic_init(&bytes->crashed_ns[0], memory->crashed_ns[0]);
	atomic_init(&bytes->crashed_ns[1], memory->crashed_ns[1]);
	for (size_t i = 0; i < memory->value_count; i++) {
		const struct stage_rack_value *from = &memory->values[i];
		struct stage_rack_page_value *to = &bytes->values[i];
		memcpy(to->symbol, from->symbol, sizeof(to->symbol));
		to->configured_bits = stage_rack_bits_of(from->configured);
		to->has_configured = from->has_configured;
		atomic_init(&to->bits, stage_rack_bits_of(from->value));
	}
}

// Maps a new file of that size, which has no name that anybody looks for yet.
static enum stage_status
map_new(struct stage_rack_page *self, const char *path, struct stage_err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, PAGE_MODE);
	void *bytes = MAP_FAILED;
	int error;

	// Its blocks are there from now on: a full disk shows here.
	error = fd < 0 ? errno : posix_fallocate(fd, 0, (off_t)self->size);
	if (error == 0) {
		bytes = mmap(NULL, self->size, PROT_READ | PROT_WRITE,
			MAP_SHARED, fd, 0);
		error = bytes == MAP_FAILED ? errno : 0;
	}
	if (fd >= 0) {
		close(fd);
	}
	if (error != 0) {
		return stage_err_set_errno(
			err, error, "unable to make %s", path);
	}
	(void)mlock(bytes, self->size); // where the limit allows it
	self->bytes = bytes;
	return STAGE_OK;
}

enum stage_status
stage_rack_page_init(struct stage_rack_page *self, const char *path,
	const struct stage_rack_memory *memory, struct stage_err *err)
{
	char fresh[STAGE_PATH_MAX];
	enum stage_status status;

	self->bytes = NULL;
	atomic_init(&self->changes, 1);
	self->all_changes = NULL;
	self->size = sizeof(*self->bytes) +
		     memory->value_count * sizeof(self->bytes->values[0]);
	if (self->size > STAGE_RACK_PAGE_BYTES_MAX ||
		stage_format(fresh, sizeof(fresh), "%s.new", path) !=
			STAGE_OK) {
		return stage_err_set(
			err, STAGE_TOO_LONG, "%s would be too large", path);
	}
	status = map_new(self, fresh, err);
	if (self->bytes == NULL) {
		return status;
	}
	fill(self->bytes, memory);
	if (rename(fresh, path) != 0) {
		status = stage_err_set_errno(
			err, errno, "unable to make %s", path);
		stage_rack_page_finish(self);
	}
	return status;
}

void
stage_rack_page_finish(struct stage_rack_page *self)
{
	if (self != NULL && self->bytes != NULL) {
		munmap(self->bytes, self->size);
		self->bytes = NULL;
	}
}

// What an earlier rack left.

static bool
is_text(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

// A value that is no number is as good as none.
static enum stage_status
read_value(const struct stage_rack_page_value *from,
	struct stage_rack_memory *out, struct stage_err *err)
{
	struct stage_rack_value value = {
		.value = stage_rack_float_of(atomic_load(&from->bits)),
		.configured = stage_rack_float_of(from->configured_bits),
		.has_configured = from->has_configured != 0,
	};

	if (!is_text(from->symbol, sizeof(from->symbol))) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"a symbol in the page has no end");
	}
	if (!isfinite(value.value) || !isfinite(value.configured)) {
		return STAGE_OK;
	}
	memcpy(value.symbol, from->symbol, sizeof(value.symbol));
	return stage_rack_memory_add_value(out, &value) == STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
}

static enum stage_status
read_values(const struct stage_rack_page_bytes *bytes,
	struct stage_rack_memory *out, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; status == STAGE_OK && i < bytes->value_count; i++) {
		status = read_value(&bytes->values[i], out, err);
	}
	return status;
}

static float
sane_wet(uint32_t bits)
{
	float wet = stage_rack_float_of(bits);

	return wet >= 0 && wet <= 1 ? wet : 1;
}

static enum stage_status
check_head(const struct stage_rack_page_bytes *head, size_t len,
	struct stage_err *err)
{
	if (len < sizeof(*head) ||
		memcmp(head->magic, MAGIC, sizeof(head->magic)) != 0) {
		return stage_err_set(
			err, STAGE_BAD_INPUT, "this is no page of a rack");
	}
	if (head->value_count >
			STAGE_RACK_PAGE_BYTES_MAX / sizeof(head->values[0]) ||
		len < sizeof(*head) +
				head->value_count * sizeof(head->values[0])) {
		return stage_err_set(
			err, STAGE_BAD_INPUT, "the page is cut off");
	}
	return is_text(head->plugin, sizeof(head->plugin))
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_BAD_INPUT,
				 "the plug-in in the page has no end");
}

enum stage_status
stage_rack_page_read(const void *bytes, size_t len,
	struct stage_rack_memory *out, struct stage_err *err)
{
	struct stage_rack_memory memory = {.plugin = ""};
	// Aligned, which bytes from anywhere need not be.
	struct stage_rack_page_bytes *page =
		malloc(len > sizeof(*page) ? len : sizeof(*page));
	enum stage_status status;

	if (page == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	memcpy(page, bytes, len);
	status = check_head(page, len, err);
	if (status == STAGE_OK) {
		memcpy(memory.plugin, page->plugin, sizeof(memory.plugin));
		memory.is_bypassed = atomic_load(&page->is_bypassed) != 0;
		memory.was_configured_bypassed = page->configured_bypassed != 0;
		memory.wet = sane_wet(atomic_load(&page->wet_bits));
		memory.configured_wet = sane_wet(page->configured_wet_bits);
		memory.crashed_ns[0] = atomic_load(&page->crashed_ns[0]);
		memory.crashed_ns[1] = atomic_load(&page->crashed_ns[1]);
		status = read_values(page, &memory, err);
	}
	free(page);
	if (status != STAGE_OK) {
		stage_rack_memory_finish(&memory);
		return status;
	}
	*out = memory;
	return STAGE_OK;
}

enum stage_status
stage_rack_page_load(
	const char *path, struct stage_rack_memory *out, struct stage_err *err)
{
	struct stage_str bytes = {0};
	enum stage_status status = stage_io_read_file(
		path, STAGE_RACK_PAGE_BYTES_MAX, &bytes, err);

	if (status == STAGE_OK) {
		status = stage_rack_page_read(
			stage_str_text(&bytes), bytes.len, out, err);
		if (status != STAGE_OK) {
			stage_err_prefix(err, "%s: ", path);
		}
	}
	stage_str_finish(&bytes);
	return status;
}

// Changing.

void
stage_rack_page_configure(
	struct stage_rack_page *self, size_t index, const float *configured)
{
	struct stage_rack_page_value *value = &self->bytes->values[index];

	// In this order: killed in between, the file wins next time.
	if (configured != NULL) {
		stage_rack_page_set(self, index, *configured);
	}
	value->configured_bits =
		stage_rack_bits_of(configured != NULL ? *configured : 0);
	value->has_configured = configured != NULL;
}

void
stage_rack_page_configure_slot(
	struct stage_rack_page *self, bool is_bypassed, float wet)
{
	if ((self->bytes->configured_bypassed != 0) != is_bypassed) {
		stage_rack_page_set_bypassed(self, is_bypassed);
		self->bytes->configured_bypassed = is_bypassed;
	}
	if (stage_rack_float_of(self->bytes->configured_wet_bits) != wet) {
		stage_rack_page_set_wet(self, wet);
		self->bytes->configured_wet_bits = stage_rack_bits_of(wet);
	}
}

void
stage_rack_page_forgive(struct stage_rack_page *self)
{
	atomic_store(&self->bytes->crashed_ns[0], 0);
	atomic_store(&self->bytes->crashed_ns[1], 0);
}

enum stage_status
stage_rack_page_copy(
	const struct stage_rack_page *self, struct stage_rack_memory *out)
{
	struct stage_err err = STAGE_ERR_INIT;

	return stage_rack_page_read(self->bytes, self->size, out, &err);
}
