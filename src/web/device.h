/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The devices that are paired, and the file that remembers them:
 *
 *     device  3fa9c1d2  performer  "Anna's phone"  HASH  1790000000  1821536000
 * wlan0
 *
 * which is id, role, name, the hash of the token, when it was paired, until
 * when it may come (seconds since 1970), and the network interface it was
 * paired on, or "-". The token itself is nowhere but in the device: it is 256
 * bits of chance, so a plain hash of it tells nothing (libsodium's BLAKE2b).
 *
 * Pure. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_WEB_DEVICE_H
#define STAGE_WEB_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "web/guard.h"
#include "web/rights.h"

#define STAGE_WEB_DEVICES_MAX 64
#define STAGE_WEB_DEVICE_ID_MAX 9    // eight hex digits, with the zero
#define STAGE_WEB_DEVICE_NAME_MAX 65 // bytes with the zero
#define STAGE_WEB_HASH_BYTES 32
#define STAGE_WEB_INTERFACE_MAX 16   // IFNAMSIZ
#define STAGE_WEB_DEVICE_S 31622400L // 366 days, that a pairing holds

struct stage_web_device {
	char id[STAGE_WEB_DEVICE_ID_MAX];
	char name[STAGE_WEB_DEVICE_NAME_MAX];
	char interface[STAGE_WEB_INTERFACE_MAX]; // "-": our own computer
	enum stage_web_role role;
	unsigned char hash[STAGE_WEB_HASH_BYTES];
	int64_t paired_s, until_s; // since 1970
	bool is_unlocked;          // not kept: all begin locked
	int64_t seen_s;            // not kept; 0: not since we run
};

/** Zeroed is empty and valid. */
struct stage_web_devices {
	struct stage_web_device items[STAGE_WEB_DEVICES_MAX];
	size_t count;
};

/** Reads text[len]. Errors: as stage_conf_parse, STAGE_FULL; out is then
 * empty. */
STAGE_NODISCARD enum stage_status stage_web_devices_parse(
	struct stage_web_devices *out, const char *text, size_t len,
	const char *name, struct stage_err *err);

/** Appends the file's text. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_web_devices_write(
	const struct stage_web_devices *self, struct stage_str *out);

/** The hash of a token in hex. Errors: STAGE_BAD_INPUT for what is none. */
STAGE_NODISCARD enum stage_status stage_web_token_hash(
	const char *token, unsigned char out[STAGE_WEB_HASH_BYTES]);

/** Who has this token, and has not expired; NULL: nobody. It takes as long
 * whoever it is. Ownership: borrowed until the list changes. */
struct stage_web_device *stage_web_devices_find(
	struct stage_web_devices *self, const char *token, int64_t now_s);

/** Adds a device: `device` is copied; a name that cannot be shown is mended.
 * The one that has expired, or else was paired first among those of the least
 * role, makes room where there is none. */
void stage_web_devices_add(struct stage_web_devices *self,
	const struct stage_web_device *device, int64_t now_s);

/** Takes a device out, by its id. False when there is none. */
bool stage_web_devices_remove(struct stage_web_devices *self, const char *id);

#endif
