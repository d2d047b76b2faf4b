/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Built without ALSA.

#include "patchbay/backend.h"

const struct stage_patch_backend_class *
stage_patch_backend_alsa(void)
{
	return NULL;
}
