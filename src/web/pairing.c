/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/pairing.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"

void
stage_web_pairing_begin(struct stage_web_pairing *self,
	enum stage_web_role role, uint32_t chance, int64_t now_ns)
{
	*self = (struct stage_web_pairing){
		.role = role,
		.until_ns = now_ns + STAGE_WEB_CODE_S * STAGE_NS_PER_S,
		.tries = STAGE_WEB_CODE_TRIES,
	};
	for (int i = STAGE_WEB_CODE_DIGITS - 1; i >= 0; i--) {
		self->code[i] = (char)('0' + chance % 10);
		chance /= 10;
	}
}

bool
stage_web_pairing_is_open(const struct stage_web_pairing *self, int64_t now_ns)
{
	return self->tries > 0 && now_ns < self->until_ns;
}

enum stage_web_role
stage_web_pairing_try(
	struct stage_web_pairing *self, const char *code, int64_t now_ns)
{
	enum stage_web_role role = self->role;

	if (!stage_web_pairing_is_open(self, now_ns)) {
		return STAGE_WEB_NOBODY;
	}
	if (strlen(code) != STAGE_WEB_CODE_DIGITS ||
		sodium_memcmp(code, self->code, STAGE_WEB_CODE_DIGITS) != 0) {
		if (--self->tries == 0) {
			stage_web_pairing_end(self);
		}
		return STAGE_WEB_NOBODY;
	}
	stage_web_pairing_end(self);
	return role;
}

void
stage_web_pairing_end(struct stage_web_pairing *self)
{
	sodium_memzero(self, sizeof(*self));
}
