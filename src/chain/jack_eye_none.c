/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// The JACK eye of a build without JACK: it says so.

#include "chain/jack_eye.h"

enum stage_status
stage_jack_eye_create(struct stage_jack_eye **out,
	const struct stage_jack_eye_config *config, struct stage_err *err)
{
	(void)out;
	(void)config;
	return stage_err_set(err, STAGE_UNSUPPORTED,
		"unable to wait for JACK: this stagecraft was built without "
		"it");
}

bool
stage_jack_eye_has_server(const struct stage_jack_eye *self)
{
	(void)self;
	return false;
}

bool
stage_jack_eye_has_port(const struct stage_jack_eye *self, const char *pattern)
{
	(void)self;
	(void)pattern;
	return false;
}

unsigned long
stage_jack_eye_count_births(
	const struct stage_jack_eye *self, const char *pattern)
{
	(void)self;
	(void)pattern;
	return 0;
}

void
stage_jack_eye_destroy(struct stage_jack_eye *self)
{
	(void)self;
}
