/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/alsa_probe.h"

bool
stage_alsa_can_probe(void)
{
	return false;
}

void
stage_alsa_probe(
	const struct stage_control_want *want, struct stage_probed *out)
{
	*out = (struct stage_probed){.rate_hz = 0};
	stage_err_set(&out->err, STAGE_UNSUPPORTED,
		"%s cannot be tried: this stagecraft was built without ALSA",
		want->device);
}
