/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/frozen.h"

#include <string.h>

#include "base/attr.h"
#include "base/str.h"
#include "jack/names.h"

#define HEAD "JackEngine::XRun: client = "
#define TAIL " was not finished, state = "

bool
stage_frozen_parse(const char *message, char *name, size_t size)
{
	const char *end = NULL;
	const char *begin;

	if (!stage_starts_with(message, HEAD)) {
		return false;
	}
	begin = message + strlen(HEAD);
	for (const char *at = strstr(begin, TAIL); at != NULL;
		at = strstr(at + 1, TAIL)) {
		end = at; // the last: a name may hold anything
	}
	return end != NULL && end > begin &&
	       stage_format(name, size, "%.*s", (int)(end - begin), begin) ==
		       STAGE_OK;
}

bool
stage_frozen_is_echo(const char *message)
{
	return stage_starts_with(message, "JackAudioDriver::ProcessGraph") &&
	       stage_ends_with(message, ": Process error");
}

bool
stage_frozen_is_refusal(const char *message)
{
	static const char *const heads[] = {"Cannot write socket fd",
		"CheckRes error", "Could not write notification",
		"ClientNotify fails name"};

	for (size_t i = 0; i < STAGE_COUNT_OF(heads); i++) {
		if (stage_starts_with(message, heads[i])) {
			return true;
		}
	}
	return false;
}

// count when it is not looked at.
static size_t
index_of(const struct stage_frozen *self, const char *name)
{
	size_t i = 0;

	while (i < self->count && strcmp(self->clients[i].name, name) != 0) {
		i++;
	}
	return i;
}

bool
stage_frozen_has(const struct stage_frozen *self, const char *name)
{
	return index_of(self, name) < self->count;
}

static struct stage_frozen_client *
find(struct stage_frozen *self, const char *name)
{
	size_t index = index_of(self, name);

	return index < self->count ? &self->clients[index] : NULL;
}

static void
take_out(struct stage_frozen *self, size_t index)
{
	self->count--;
	self->clients[index] = self->clients[self->count];
}

static struct stage_frozen_client *
make(struct stage_frozen *self, const char *name, int64_t now_ns)
{
	struct stage_frozen_client *client;

	if (self->count == STAGE_FROZEN_MAX) {
		size_t oldest = 0;
		for (size_t i = 1; i < self->count; i++) {
			oldest = self->clients[i].last_ns <
						 self->clients[oldest].last_ns
					 ? i
					 : oldest;
		}
		take_out(self, oldest);
	}
	client = &self->clients[self->count];
	self->count++;
	*client = (struct stage_frozen_client){
		.first_ns = now_ns, .last_ns = now_ns};
	stage_jack_copy_text(client->name, sizeof(client->name), name);
	return client;
}

enum stage_frozen_verdict
stage_frozen_report(struct stage_frozen *self, const char *name, int64_t now_ns)
{
	struct stage_frozen_client *client = find(self, name);
	int64_t span_ns;

	if (client == NULL) {
		make(self, name, now_ns);
		return STAGE_FROZEN_FIRST;
	}
	if (now_ns - client->last_ns > STAGE_FROZEN_PAUSE_NS) {
		client->first_ns = now_ns;
		client->last_ns = now_ns;
		client->is_named = false;
		return STAGE_FROZEN_FIRST;
	}
	client->last_ns = now_ns;
	span_ns = now_ns - client->first_ns;
	if (!client->is_named && span_ns >= STAGE_FROZEN_NAME_NS) {
		client->is_named = true;
		return STAGE_FROZEN_NAME;
	}
	if (client->is_named && span_ns >= STAGE_FROZEN_JUDGE_NS) {
		return STAGE_FROZEN_JUDGE;
	}
	return STAGE_FROZEN_NOTHING;
}

bool
stage_frozen_take_well(struct stage_frozen *self, int64_t now_ns, char *name)
{
	for (size_t i = 0; i < self->count; i++) {
		struct stage_frozen_client *client = &self->clients[i];
		if (now_ns - client->last_ns > STAGE_FROZEN_PAUSE_NS) {
			memcpy(name, client->name, sizeof(client->name));
			take_out(self, i);
			return true;
		}
	}
	return false;
}
