/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The client lines of song.conf; for songconf.c.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_SHOW_SONGCONF_CLIENT_H
#define STAGE_SHOW_SONGCONF_CLIENT_H

#include "show/songconf.h"

struct stage_conf_line;

/** What is so of a client without a line. id is one that stage_show_id_ok
 * takes. */
void stage_show_client_conf_init(
	struct stage_show_client_conf *self, const char *id);

/** The same for all. Ownership: static. */
const struct stage_show_client_conf *stage_show_client_conf_default(void);

/** Takes the settings behind "client ID", all of them or none. Errors:
 * STAGE_BAD_INPUT with the place; self is then unchanged. */
STAGE_NODISCARD enum stage_status stage_show_client_conf_take(
	struct stage_show_client_conf *self, const struct stage_conf_line *line,
	struct stage_err *err);

#endif
