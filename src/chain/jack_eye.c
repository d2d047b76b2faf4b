/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "chain/jack_eye.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/exits.h"
#include "base/log.h"
#include "jack/client.h"
#include "jack/names.h"

struct known_port {
	char *name;          // owned
	unsigned long birth; // the number of its appearance
};

struct stage_jack_eye {
	struct stage_jack_eye_config config;
	struct stage_jack_client *client;
	bool has_server;
	unsigned long births;
	struct known_port *ports; // owned
	size_t count;
	size_t cap;
};

static void
forget_ports(struct stage_jack_eye *self)
{
	for (size_t i = 0; i < self->count; i++) {
		free(self->ports[i].name);
	}
	self->count = 0;
}

static void
on_opened(void *user, const struct stage_jack_info *info)
{
	struct stage_jack_eye *self = user;

	(void)info;
	self->has_server = true;
	self->config.changed(self->config.user);
}

static void
on_lost(void *user, const char *reason)
{
	struct stage_jack_eye *self = user;

	(void)reason;
	self->has_server = false;
	forget_ports(self);
	self->config.lost(self->config.user);
	self->config.changed(self->config.user);
}

// libjack never came back: nothing can be done in this process. runsv starts a
// new one, and the kernel ends the child with us.
static void
on_hung(void *user, const char *what)
{
	(void)user;
	stage_log_err("%s; starting anew", what);
	_exit(STAGE_EXIT_TEMPORARY);
}

static struct known_port *
find_port(struct stage_jack_eye *self, const char *name)
{
	for (size_t i = 0; i < self->count; i++) {
		if (strcmp(self->ports[i].name, name) == 0) {
			return &self->ports[i];
		}
	}
	return NULL;
}

static bool
remember(struct stage_jack_eye *self, const char *name)
{
	if (self->count == self->cap) {
		size_t cap = self->cap != 0 ? self->cap * 2 : 32;
		struct known_port *ports =
			realloc(self->ports, cap * sizeof(*ports));
		if (ports == NULL) {
			return false;
		}
		self->ports = ports;
		self->cap = cap;
	}
	self->ports[self->count].name = strdup(name);
	if (self->ports[self->count].name == NULL) {
		return false;
	}
	self->births++;
	self->ports[self->count].birth = self->births;
	self->count++;
	return true;
}

static void
on_port_appeared(void *user, const struct stage_jack_port *port)
{
	struct stage_jack_eye *self = user;

	if (find_port(self, port->name) != NULL) {
		return;
	}
	if (!remember(self, port->name)) {
		stage_log_err("out of memory");
		_exit(STAGE_EXIT_TEMPORARY);
	}
	self->config.changed(self->config.user);
}

static void
on_port_gone(void *user, const char *name)
{
	struct stage_jack_eye *self = user;
	struct known_port *port = find_port(self, name);

	if (port == NULL) {
		return;
	}
	free(port->name);
	self->count--;
	*port = self->ports[self->count];
	self->config.changed(self->config.user);
}

static const struct stage_jack_client_ops client_ops = {
	.opened = on_opened,
	.lost = on_lost,
	.hung = on_hung,
	.port_appeared = on_port_appeared,
	.port_gone = on_port_gone,
};

enum stage_status
stage_jack_eye_create(struct stage_jack_eye **out,
	const struct stage_jack_eye_config *config, struct stage_err *err)
{
	struct stage_jack_client_config client = {
		.name = config->name, .may_rename = true};
	struct stage_jack_eye *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->config = *config;
	status = stage_jack_client_create(
		config->loop, &client, &client_ops, self, &self->client, err);
	if (status != STAGE_OK) {
		free(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

bool
stage_jack_eye_has_server(const struct stage_jack_eye *self)
{
	return self->has_server;
}

static unsigned long
latest_birth(const struct stage_jack_eye *self, const char *text)
{
	struct stage_jack_pattern pattern;
	unsigned long latest = 0;

	if (stage_jack_pattern_parse(text, &pattern, NULL) != STAGE_OK) {
		return 0;
	}
	for (size_t i = 0; i < self->count; i++) {
		if (self->ports[i].birth > latest &&
			stage_jack_pattern_matches(
				&pattern, self->ports[i].name)) {
			latest = self->ports[i].birth;
		}
	}
	return latest;
}

bool
stage_jack_eye_has_port(const struct stage_jack_eye *self, const char *pattern)
{
	return latest_birth(self, pattern) > 0;
}

unsigned long
stage_jack_eye_count_births(
	const struct stage_jack_eye *self, const char *pattern)
{
	return latest_birth(self, pattern);
}

void
stage_jack_eye_destroy(struct stage_jack_eye *self)
{
	if (self == NULL) {
		return;
	}
	stage_jack_client_destroy(self->client);
	forget_ports(self);
	free(self->ports);
	free(self);
}
