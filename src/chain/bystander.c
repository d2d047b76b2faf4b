/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "chain/bystander.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define VARIABLE "PIPEWIRE_PROPS"
#define OURS "node.always-process = false"

// "{ a = b }" or "a = b", in PipeWire's kind of JSON; what comes later wins.
static enum stage_status
put_before(struct stage_str *out, const char *props)
{
	const char *rest = props + strspn(props, " \t\n");

	if (rest[0] == '{') {
		return stage_str_addf(out, "{ " OURS " %s", rest + 1);
	}
	return stage_str_addf(out, OURS " %s", rest);
}

enum stage_status
stage_bystander_set(struct stage_bystander *self, struct stage_err *err)
{
	const char *before = getenv(VARIABLE);
	struct stage_str value = {0};
	enum stage_status status =
		put_before(&value, before != NULL ? before : "");

	*self = (struct stage_bystander){0};
	if (status == STAGE_OK && before != NULL) {
		self->before = strdup(before);
		status = self->before != NULL ? STAGE_OK : STAGE_NO_MEMORY;
	}
	if (status == STAGE_OK && setenv(VARIABLE, value.data, 1) != 0) {
		status = STAGE_NO_MEMORY;
	}
	stage_str_finish(&value);
	if (status != STAGE_OK) {
		stage_bystander_finish(self);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->is_set = true;
	return STAGE_OK;
}

void
stage_bystander_restore(const struct stage_bystander *self)
{
	if (!self->is_set) {
		return;
	}
	if (self->before == NULL) {
		unsetenv(VARIABLE);
	} else {
		setenv(VARIABLE, self->before, 1);
	}
}

void
stage_bystander_finish(struct stage_bystander *self)
{
	free(self->before);
	*self = (struct stage_bystander){0};
}
