/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/qr.h"

#include <qrencode.h>
#include <stdbool.h>

#define MARGIN 4 // modules
#define LIGHT_ON_DARK "\033[30;47m"
#define PLAIN "\033[0m"

static bool
is_dark(const QRcode *code, int x, int y)
{
	return x >= 0 && y >= 0 && x < code->width && y < code->width &&
	       (code->data[y * code->width + x] & 1) != 0;
}

// Two modules above each other are one character.
static const char *
block(bool upper, bool lower)
{
	if (upper) {
		return lower ? "\xe2\x96\x88" : "\xe2\x96\x80";
	}
	return lower ? "\xe2\x96\x84" : " ";
}

static enum stage_status
add_row(struct stage_str *out, const QRcode *code, int y)
{
	enum stage_status status = stage_str_add(out, LIGHT_ON_DARK);

	for (int x = -MARGIN; x < code->width + MARGIN && status == STAGE_OK;
		x++) {
		status = stage_str_add(out,
			block(is_dark(code, x, y), is_dark(code, x, y + 1)));
	}
	return status == STAGE_OK ? stage_str_add(out, PLAIN "\n") : status;
}

enum stage_status
stage_qr_add(struct stage_str *out, const char *text)
{
	size_t before = out->len;
	enum stage_status status = STAGE_OK;
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);

	if (code == NULL) {
		return STAGE_TOO_LONG;
	}
	for (int y = -MARGIN; y < code->width + MARGIN && status == STAGE_OK;
		y += 2) {
		status = add_row(out, code, y);
	}
	QRcode_free(code);
	if (status != STAGE_OK) {
		stage_str_cut(out, before);
	}
	return status;
}
