/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _DEFAULT_SOURCE // MAP_ANONYMOUS

#include "midi/ledger.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "stagecraft-midi-held-1"

struct slot {
	char name[STAGE_MIDI_LEDGER_NAME_MAX]; // "": never used
	struct stage_midi_held held;
};

struct content {
	char magic[64];
	struct slot slots[STAGE_MIDI_LEDGER_SLOTS];
};

static_assert(sizeof(_Atomic uint32_t) == 4 && ATOMIC_INT_LOCK_FREE == 2,
	"the file is the same for every compiler, and nothing waits");

struct stage_midi_ledger {
	struct content *content; // mapped
	bool is_taken[STAGE_MIDI_LEDGER_SLOTS];
};

static bool
is_good(const struct content *content)
{
	if (memcmp(content->magic, MAGIC, sizeof(MAGIC)) != 0) {
		return false;
	}
	for (size_t i = 0; i < STAGE_MIDI_LEDGER_SLOTS; i++) {
		if (memchr(content->slots[i].name, '\0',
			    STAGE_MIDI_LEDGER_NAME_MAX) == NULL) {
			return false;
		}
	}
	return true;
}

static struct content *
map_open(int fd)
{
	struct stat st;
	void *memory;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		return NULL;
	}
	// Space that is really there: a full disk would end us later.
	if (st.st_size != (off_t)sizeof(struct content) &&
		(ftruncate(fd, 0) != 0 ||
			(errno = posix_fallocate(
				 fd, 0, sizeof(struct content))) != 0)) {
		return NULL;
	}
	memory = mmap(NULL, sizeof(struct content), PROT_READ | PROT_WRITE,
		MAP_SHARED, fd, 0);
	return memory != MAP_FAILED ? memory : NULL;
}

static struct content *
map_file(const char *path, struct stage_err *err)
{
	int fd = open(path,
		O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	struct content *content = NULL;

	if (fd >= 0) {
		content = map_open(fd);
	}
	if (content == NULL) {
		stage_err_set_errno(err, errno,
			"unable to use %s; notes would hang after a crash",
			path);
	}
	if (fd >= 0) {
		close(fd);
	}
	return content;
}

static struct content *
map_memory(void)
{
	void *memory = mmap(NULL, sizeof(struct content),
		PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return memory != MAP_FAILED ? memory : NULL;
}

struct stage_midi_ledger *
stage_midi_ledger_create(const char *path, struct stage_err *err)
{
	struct stage_midi_ledger *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return NULL;
	}
	self->content = map_file(path, err);
	if (self->content == NULL) {
		self->content = map_memory();
	}
	if (self->content == NULL) {
		free(self);
		return NULL;
	}
	if (!is_good(self->content)) {
		memset(self->content, 0, sizeof(*self->content));
		memcpy(self->content->magic, MAGIC, sizeof(MAGIC));
	}
	return self;
}

void
stage_midi_ledger_destroy(struct stage_midi_ledger *self)
{
	if (self != NULL) {
		munmap(self->content, sizeof(*self->content));
		free(self);
	}
}

static size_t
find_named(const struct stage_midi_ledger *self, const char *name)
{
	size_t i = 0;

	while (i < STAGE_MIDI_LEDGER_SLOTS &&
		strcmp(self->content->slots[i].name, name) != 0) {
		i++;
	}
	return i;
}

static size_t
find_free(const struct stage_midi_ledger *self, bool must_be_empty)
{
	size_t i = 0;

	while (i < STAGE_MIDI_LEDGER_SLOTS &&
		(self->is_taken[i] ||
			(must_be_empty &&
				!stage_midi_held_is_empty(
					&self->content->slots[i].held)))) {
		i++;
	}
	return i;
}

static size_t
make_slot(struct stage_midi_ledger *self, const char *name)
{
	size_t at = find_free(self, true);

	if (at == STAGE_MIDI_LEDGER_SLOTS) {
		at = find_free(self, false);
	}
	if (at < STAGE_MIDI_LEDGER_SLOTS) {
		struct slot *slot = &self->content->slots[at];
		stage_midi_held_clear(&slot->held);
		memcpy(slot->name, name, strlen(name) + 1);
	}
	return at;
}

struct stage_midi_held *
stage_midi_ledger_take(struct stage_midi_ledger *self, const char *name)
{
	size_t at;

	if (name[0] == '\0' || strlen(name) >= STAGE_MIDI_LEDGER_NAME_MAX) {
		return NULL;
	}
	at = find_named(self, name);
	if (at == STAGE_MIDI_LEDGER_SLOTS) {
		at = make_slot(self, name);
	}
	if (at == STAGE_MIDI_LEDGER_SLOTS || self->is_taken[at]) {
		return NULL;
	}
	self->is_taken[at] = true;
	return &self->content->slots[at].held;
}

void
stage_midi_ledger_give_back(
	struct stage_midi_ledger *self, struct stage_midi_held *held)
{
	for (size_t i = 0; i < STAGE_MIDI_LEDGER_SLOTS; i++) {
		if (&self->content->slots[i].held == held) {
			self->is_taken[i] = false;
		}
	}
}
