/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* An LV2 instrument that writes down what its run() sees, in a file that
 * outlives its host: $STAGE_WITNESS, of this layout. It puts out `level`, and
 * adds up `add` in each frame, in its own memory alone.
 */

#include <fcntl.h>
#include <lv2/core/lv2.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PORTS 3 // out, level, add

struct page {
	double level;
	double sum;
	int64_t began_ns; // of the last run(), monotonic
	int64_t runs;
	int64_t instances;
};

struct plugin {
	float *ports[PORTS];
	double sum;
	struct page *page;
};

static struct page *
map_page(void)
{
	const char *path = getenv("STAGE_WITNESS");
	int fd = path != NULL ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666)
			      : -1;
	void *page = MAP_FAILED;

	if (fd >= 0 && ftruncate(fd, sizeof(struct page)) == 0) {
		page = mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE,
			MAP_SHARED, fd, 0);
	}
	if (fd >= 0) {
		close(fd);
	}
	return page != MAP_FAILED ? page : NULL;
}

static LV2_Handle
instantiate(const LV2_Descriptor *descriptor, double rate_hz,
	const char *bundle, const LV2_Feature *const *features)
{
	struct plugin *self = calloc(1, sizeof(*self));

	(void)descriptor;
	(void)rate_hz;
	(void)bundle;
	(void)features;
	if (self != NULL) {
		self->page = map_page();
	}
	if (self == NULL || self->page == NULL) {
		free(self);
		return NULL;
	}
	self->page->instances++;
	return self;
}

static void
connect_port(LV2_Handle handle, uint32_t port, void *data)
{
	struct plugin *self = handle;

	if (port < PORTS) {
		self->ports[port] = data;
	}
}

static void
run(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	self->page->began_ns =
		(int64_t)now.tv_sec * 1000000000 + (int64_t)now.tv_nsec;
	self->page->level = (double)*self->ports[1];
	for (uint32_t i = 0; i < frames; i++) {
		self->sum += (double)*self->ports[2];
		self->ports[0][i] = *self->ports[1];
	}
	self->page->sum = self->sum;
	self->page->runs++;
}

static void
cleanup(LV2_Handle handle)
{
	struct plugin *self = handle;

	munmap(self->page, sizeof(*self->page));
	free(self);
}

LV2_SYMBOL_EXPORT const LV2_Descriptor *
lv2_descriptor(uint32_t index)
{
	static const LV2_Descriptor witness = {
		"http://stagecraft.example/test#witness", instantiate,
		connect_port, NULL, run, NULL, cleanup, NULL};

	return index == 0 ? &witness : NULL;
}
