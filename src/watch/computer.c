/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "watch/computer.h"

#include <string.h>

#include "base/attr.h"

// What changes in a show; the rest of what the doctor says is for before it.
static const char *const watched[] = {"disk", "memory", "temperature"};

static bool
is_watched(const char *name)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(watched); i++) {
		if (strcmp(watched[i], name) == 0) {
			return true;
		}
	}
	return false;
}

static bool
ails(const struct stage_doctor_check *check)
{
	return is_watched(check->name) &&
	       (check->level == STAGE_DOCTOR_WARN ||
		       check->level == STAGE_DOCTOR_BAD);
}

static void
look(const struct stage_computer *self, struct stage_doctor *now)
{
	const struct stage_services none = {0};
	struct stage_doctor_facts facts;

	stage_doctor_look_at_computer(self->rig, self->system, &none, &facts);
	stage_doctor_judge(&facts, now);
}

void
stage_computer_init(struct stage_computer *self, const struct stage_rig *rig,
	const char *system)
{
	self->rig = rig;
	self->system = system;
	look(self, &self->now);
}

bool
stage_computer_look(struct stage_computer *self)
{
	struct stage_doctor now;
	bool is_changed = false;

	look(self, &now);
	for (size_t i = 0; i < STAGE_DOCTOR_CHECKS; i++) {
		is_changed |= is_watched(now.checks[i].name) &&
			      now.checks[i].level != self->now.checks[i].level;
	}
	self->now = now;
	return is_changed;
}

json_t *
stage_computer_view(const struct stage_computer *self)
{
	json_t *list = json_array();

	for (size_t i = 0; i < STAGE_DOCTOR_CHECKS; i++) {
		if (ails(&self->now.checks[i])) {
			(void)json_array_append_new(
				list, stage_doctor_check_to_json(
					      &self->now.checks[i]));
		}
	}
	return list;
}
