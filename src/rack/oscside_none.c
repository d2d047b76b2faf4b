/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/oscside.h"

enum stage_status
stage_rack_oscside_create(uv_loop_t *loop, struct stage_rack *rack,
	const char *name, void (*changed)(void *user), void *user,
	struct stage_rack_oscside **out, struct stage_err *err)
{
	(void)loop;
	(void)rack;
	(void)name;
	(void)changed;
	(void)user;
	*out = NULL;
	return stage_err_set(err, STAGE_UNSUPPORTED,
		"the file rack says osc, but this was built without liblo");
}

void
stage_rack_oscside_destroy(struct stage_rack_oscside *self)
{
	(void)self;
}

void
stage_rack_oscside_look(struct stage_rack_oscside *self)
{
	(void)self;
}
