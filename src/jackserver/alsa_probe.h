/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Tries an ALSA device as JACK's driver would open it, and closes it again,
 * before a running server is switched to it.
 *
 * Thread: any but the real-time one and the loop's: a device may take its time.
 */

#ifndef STAGE_JACKSERVER_ALSA_PROBE_H
#define STAGE_JACKSERVER_ALSA_PROBE_H

#include <stdbool.h>

#include "jackserver/chooser.h"

/** False in a build without ALSA: then probing fails always. */
bool stage_alsa_can_probe(void);

/** Tries. out->err is one sentence: who uses it, that it is not there, ... */
void stage_alsa_probe(
	const struct stage_control_want *want, struct stage_probed *out);

#endif
