/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The keys of rig.conf that begin with "web." (rig.conf(5)).
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_WEB_SETTINGS_H
#define STAGE_WEB_SETTINGS_H

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/io.h"
#include "base/str.h"

#define STAGE_WEB_PORT 8088

struct stage_web_settings {
	int64_t port;                     // 0: any that is free, for tests
	struct stage_strv interfaces;     // that may be listened on, by name
	struct stage_strv names;          // of this computer, beside its own
	char certificate[STAGE_PATH_MAX]; // PEM; "": no TLS
	char key[STAGE_PATH_MAX];
	int64_t connections;     // in all
	int64_t per_address;     // from one address that is not our own
	int64_t head_timeout_ns; // in which a request must be whole
};

/** Reads text[len]; name stands for the file in sentences. Ownership: the
 * caller calls stage_web_settings_finish. Errors: as stage_conf_parse_keys, and
 * STAGE_BAD_INPUT for a certificate without a key; out is then empty. */
STAGE_NODISCARD enum stage_status stage_web_settings_parse(
	struct stage_web_settings *out, const char *text, size_t len,
	const char *name, struct stage_err *err);

/** The same of a file; one that is not there says nothing. */
STAGE_NODISCARD enum stage_status stage_web_settings_load(
	struct stage_web_settings *out, const char *path,
	struct stage_err *err);

/** Frees what is in it. */
void stage_web_settings_finish(struct stage_web_settings *self);

#endif
