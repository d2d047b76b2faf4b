/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "osc/raw.h"

#include <string.h>

#include "osc/bytes.h"

#define UNIT ((size_t)4) // every part takes a multiple of it

static size_t
round_up(size_t len)
{
	return (len + UNIT - 1) / UNIT * UNIT;
}

size_t
stage_osc_text_size(const unsigned char *at, size_t left)
{
	const unsigned char *end = memchr(at, '\0', left);

	return end != NULL ? round_up((size_t)(end - at) + 1)
			   : STAGE_OSC_NO_SIZE;
}

static size_t
blob_size(const unsigned char *at, size_t left)
{
	size_t len;

	if (left < UNIT) {
		return STAGE_OSC_NO_SIZE;
	}
	len = stage_osc_get_uint(at);
	return len <= left ? UNIT + round_up(len) : STAGE_OSC_NO_SIZE;
}

size_t
stage_osc_arg_size(char type, const unsigned char *at, size_t left)
{
	switch (type) {
	case LO_TRUE:
	case LO_FALSE:
	case LO_NIL:
	case LO_INFINITUM:
		return 0;
	case LO_INT32:
	case LO_FLOAT:
	case LO_CHAR:
	case LO_MIDI:
		return UNIT;
	case LO_INT64:
	case LO_DOUBLE:
	case LO_TIMETAG:
		return 2 * UNIT;
	case LO_STRING:
	case LO_SYMBOL:
		return stage_osc_text_size(at, left);
	case LO_BLOB:
		return blob_size(at, left);
	default:
		return STAGE_OSC_NO_SIZE;
	}
}
