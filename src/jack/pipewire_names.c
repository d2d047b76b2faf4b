/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/pipewire_names.h"

#include <string.h>

#include "jack/port_id.h"

#define LOOK_NAME "stagecraft-look"
#define CALLS_MAX 16
#define SYSTEM "system:"

void
stage_jack_doubt_names(struct stage_jack_doubt *self)
{
	atomic_store(&self->is_new, true);
}

static bool
is_due(struct stage_jack_doubt *self)
{
	if (atomic_exchange(&self->is_new, false)) {
		self->calls = 0;
	}
	if (self->calls == CALLS_MAX) {
		return false;
	}
	self->calls++;
	return self->calls > 1 && (self->calls & (self->calls - 1)) == 0;
}

static bool
is_system(const char *name)
{
	return strncmp(name, SYSTEM, strlen(SYSTEM)) == 0;
}

// A port that only one of the two knows has come or gone since.
static bool
is_name_old(jack_client_t *client, jack_client_t *fresh, const char *name)
{
	const jack_port_t *port = jack_port_by_name(fresh, name);
	const jack_port_t *same;
	const char *old_name;

	if (port == NULL) {
		return false;
	}
	same = jack_port_by_id(client, stage_jack_id_of_port(port));
	old_name = same != NULL ? jack_port_name(same) : NULL;
	return old_name != NULL && (is_system(name) || is_system(old_name)) &&
	       strcmp(name, old_name) != 0;
}

static bool
are_old(jack_client_t *client, jack_client_t *fresh)
{
	const char **names = jack_get_ports(fresh, NULL, NULL, 0);
	bool result = false;

	for (size_t i = 0; !result && names != NULL && names[i] != NULL; i++) {
		result = is_name_old(client, fresh, names[i]);
	}
	jack_free(names);
	return result;
}

bool
stage_jack_are_names_old(struct stage_jack_doubt *self, jack_client_t *client)
{
	jack_client_t *fresh;
	bool result;

	if (!is_due(self)) {
		return false;
	}
	fresh = jack_client_open(LOOK_NAME, JackNoStartServer, NULL);
	if (fresh == NULL) {
		return false;
	}
	result = are_old(client, fresh);
	jack_client_close(fresh);
	return result;
}
