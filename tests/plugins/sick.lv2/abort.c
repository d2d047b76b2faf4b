/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* An LV2 plug-in whose library ends its host as soon as it is loaded, as those
 * with windows do where there is no screen. */

#include <lv2/core/lv2.h>
#include <stdlib.h>

static __attribute__((constructor)) void
on_load(void)
{
	abort();
}

LV2_SYMBOL_EXPORT const LV2_Descriptor *
lv2_descriptor(uint32_t index)
{
	(void)index;
	return NULL;
}
