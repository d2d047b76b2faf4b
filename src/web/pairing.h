/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The code by which a device is paired: six digits, for two minutes and five
 * tries. One at a time; asking for another ends the one before.
 *
 * Pure: time and chance come from the caller. Thread: one object by one thread
 * at a time.
 */

#ifndef STAGE_WEB_PAIRING_H
#define STAGE_WEB_PAIRING_H

#include <stdbool.h>
#include <stdint.h>

#include "web/rights.h"

#define STAGE_WEB_CODE_DIGITS 6
#define STAGE_WEB_CODE_COUNT 1000000 // codes there are
#define STAGE_WEB_CODE_S 120L
#define STAGE_WEB_CODE_TRIES 5

/** Zeroed: no device can be paired. */
struct stage_web_pairing {
	char code[STAGE_WEB_CODE_DIGITS + 1];
	enum stage_web_role role; // that the device gets
	int64_t until_ns;
	unsigned tries; // that are left
};

/** Begins. chance: any number, each as likely as another. */
void stage_web_pairing_begin(struct stage_web_pairing *self,
	enum stage_web_role role, uint32_t chance, int64_t now_ns);

/** True while a device can be paired. */
bool stage_web_pairing_is_open(
	const struct stage_web_pairing *self, int64_t now_ns);

/** Tries a code. The role that the device gets, and the code is used up;
 * STAGE_WEB_NOBODY when it is wrong, or it is too late. */
enum stage_web_role stage_web_pairing_try(
	struct stage_web_pairing *self, const char *code, int64_t now_ns);

/** Ends it. */
void stage_web_pairing_end(struct stage_web_pairing *self);

#endif
