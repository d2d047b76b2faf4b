/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/nsmside.h"

enum stage_status
stage_rack_nsmside_create(uv_loop_t *loop, const struct stage_rig *rig,
	const char *url, struct stage_rack_nsmside **out, struct stage_err *err)
{
	(void)loop;
	(void)rig;
	(void)url;
	*out = NULL;
	return stage_err_set(err, STAGE_UNSUPPORTED,
		"a session manager asks for a rack, but this was built without "
		"liblo");
}

void
stage_rack_nsmside_destroy(struct stage_rack_nsmside *self)
{
	(void)self;
}
