/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Names of ports of the ALSA sequencer, so that each is known again after a
 * replug, in another order, after another boot.
 *
 * The numbers of clients follow the order in which they came. What stays is in
 * the full name of a port:
 *
 *     CLIENT [SERIAL @ PLACE]:NUMBER NAME     a device
 *     CLIENT [@ PLACE]:NUMBER NAME            one without a serial number
 *     CLIENT:NUMBER NAME                      a program, or the kernel's own
 *     CLIENT #2:NUMBER NAME                   one of a name that is taken
 *
 * NUMBER and NAME are the port's in its client. Other programs, and people,
 * know a port as CLIENT:NUMBER or CLIENT:NAME: its aliases. Names are compared
 * whole, byte for byte, never by how they begin.
 *
 * At weaker ranks (identity.h) a name says less: PLAIN forgets the place of
 * what has a serial number, INSTANCE the place, the number of the port, " #2"
 * and the process number of "FLUID Synth (1234)". A serial number is never
 * forgotten.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_PATCHBAY_ALSA_NAME_H
#define STAGE_PATCHBAY_ALSA_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/status.h"
#include "base/str.h"
#include "patchbay/identity.h"

/** What a name is made of. Texts are borrowed and may be any bytes. */
struct stage_alsa_name {
	const char *client;
	const char *serial; // "": has none
	const char *place;  // "": no device
	unsigned instance;  // from 1
	unsigned number;
	const char *port;
};

/** Appends the full name. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_alsa_name_write(
	const struct stage_alsa_name *self, struct stage_str *out);

/** Appends CLIENT:NUMBER, or CLIENT:NAME. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_alsa_name_alias(
	const struct stage_alsa_name *self, bool is_number,
	struct stage_str *out);

/** Writes a name as it is at a rank into out, which has room for the name and a
 * zero. */
void stage_alsa_name_at(
	const char *name, enum stage_identity_rank rank, char *out);

/** Finds where the client of an ALSA name ends: at the last colon when only
 * digits follow it, which are a port's number; else at the first one behind
 * which a number and a blank stand; else at the first one.
 *
 * *client_len: bytes before the colon; *port: borrowed from `full`. Errors:
 * STAGE_BAD_INPUT when there is no colon or either part is empty.
 */
STAGE_NODISCARD enum stage_status stage_patch_alsa_split(
	const char *full, size_t *client_len, const char **port);

/** True when a port is a number: decimal digits, and few enough to be one. */
bool stage_patch_alsa_is_number(const char *port);

/** How many bytes of a name are the client's own name, without the device or
 * " #2" behind it; all of it when it has no colon. */
size_t stage_alsa_client_len(const char *name);

/** Appends the alias that a name has: CLIENT:NUMBER or CLIENT:NAME. A name that
 * is no full one stays as it is. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_alsa_name_reduce(
	const char *name, bool is_number, struct stage_str *out);

#endif
