/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What rig.conf says to the show manager: its keys that begin with `show.`
 * (rig.conf(5)).
 *
 *     show.port           21420
 *     show.guard          500ms
 *     show.preload        1
 *     show.preload_memory 256
 *     show.osc.port       53000
 *     show.osc.interface  eth0
 *     show.osc.passcode   1234
 *     show.osc.allow      10.0.0.0/24 10.1.0.7
 *     show.osc.notify     10.0.0.5:9000
 *     show.qlc            10.0.0.6:9999
 *
 * Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_SHOW_SETTINGS_H
#define STAGE_SHOW_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "osc/net.h"
#include "osc/peer.h"

#define STAGE_SHOW_MB 1048576     // bytes
#define STAGE_SHOW_OSC_PORT 53000 // QLab's, which controllers know
#define STAGE_SHOW_INTERFACE_MAX 64
#define STAGE_SHOW_PASSCODE_MAX 64
#define STAGE_SHOW_ALLOW_MAX 32
#define STAGE_SHOW_NOTIFY_MAX 16
#define STAGE_SHOW_QLC_HOST "127.0.0.1"
#define STAGE_SHOW_HOST_MAX 254 // bytes with the zero

/** Who may control the show by OSC, and where. */
struct stage_show_osc_settings {
	int64_t port;                             // 0: nowhere
	char interface[STAGE_SHOW_INTERFACE_MAX]; // "": this computer only
	char passcode[STAGE_SHOW_PASSCODE_MAX];   // "": none is needed
	bool allows_any;
	struct stage_osc_net allow[STAGE_SHOW_ALLOW_MAX];
	size_t allow_count;
	struct stage_osc_peer notify[STAGE_SHOW_NOTIFY_MAX];
	size_t notify_count;
};

struct stage_show_settings {
	int64_t port;              // of NSM; 0: the first that is free
	int64_t guard_ns;          // of the double GO; 0: none
	int64_t preload;           // songs that are loaded ahead; 0: none
	int64_t preload_memory_mb; // that must be left over for it
	struct stage_show_osc_settings osc;
	char qlc_host[STAGE_SHOW_HOST_MAX]; // where QLC+ is
	uint16_t qlc_port;
};

/** What is so without a file. */
void stage_show_settings_init(struct stage_show_settings *self);

/** Reads text[len] of a rig.conf over what is there; name stands for the file
 * in sentences. Keys of other daemons are passed over. Errors: those of
 * stage_conf_parse_keys; nothing has then changed. */
STAGE_NODISCARD enum stage_status stage_show_settings_parse(
	struct stage_show_settings *self, const char *text, size_t len,
	const char *name, struct stage_err *err);

/** The same for a file; one that is not there says nothing. */
STAGE_NODISCARD enum stage_status stage_show_settings_load(
	struct stage_show_settings *self, const char *path,
	struct stage_err *err);

#endif
