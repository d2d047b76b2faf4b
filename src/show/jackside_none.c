/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Where stagecraft is built without JACK.

#include <string.h>

#include "show/jackside.h"

#define ABSENT "stagecraft was built without JACK"

enum stage_status
stage_show_jack_create(uv_loop_t *loop,
	const struct stage_jack_backend *backend,
	const struct stage_show_jack_events *events, void *user,
	struct stage_show_jack **out, struct stage_err *err)
{
	(void)loop;
	(void)backend;
	(void)events;
	(void)user;
	(void)out;
	return stage_err_set(err, STAGE_UNSUPPORTED, ABSENT);
}

void
stage_show_jack_destroy(struct stage_show_jack *self)
{
	(void)self;
}

enum stage_status
stage_show_jack_send(struct stage_show_jack *self, const uint8_t *bytes,
	size_t len, struct stage_err *err)
{
	(void)self;
	(void)bytes;
	(void)len;
	return stage_err_set(err, STAGE_UNSUPPORTED, ABSENT);
}

void
stage_show_jack_tempo(struct stage_show_jack *self,
	const struct stage_show_tempo *tempo, enum stage_show_tempo_at at,
	bool is_master)
{
	(void)self;
	(void)tempo;
	(void)at;
	(void)is_master;
}

void
stage_show_jack_locate(struct stage_show_jack *self)
{
	(void)self;
}

void
stage_show_jack_roll(struct stage_show_jack *self, bool is_rolling)
{
	(void)self;
	(void)is_rolling;
}

void
stage_show_jack_panic(struct stage_show_jack *self)
{
	(void)self;
}

void
stage_show_jack_view(
	const struct stage_show_jack *self, struct stage_show_jack_view *out)
{
	(void)self;
	memset(out, 0, sizeof(*out));
	out->why = ABSENT;
}
