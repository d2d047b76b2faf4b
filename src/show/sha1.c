/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/sha1.h"

#include <string.h>

#define BLOCK 64 // bytes
#define LENGTH 8 // bytes of the length, at the end of the last block
#define WORDS 80 // of the schedule
#define STATES 5

static uint32_t
rotate(uint32_t word, unsigned bits)
{
	return (word << bits) | (word >> (32 - bits));
}

static uint32_t
read_word(const uint8_t *at)
{
	return ((uint32_t)at[0] << 24) | ((uint32_t)at[1] << 16) |
	       ((uint32_t)at[2] << 8) | at[3];
}

// The function and the constant of round t; RFC 3174, section 5.
static uint32_t
mix(unsigned t, uint32_t b, uint32_t c, uint32_t d)
{
	if (t < 20) {
		return ((b & c) | (~b & d)) + 0x5a827999;
	}
	if (t < 40) {
		return (b ^ c ^ d) + 0x6ed9eba1;
	}
	if (t < 60) {
		return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
	}
	return (b ^ c ^ d) + 0xca62c1d6;
}

// Section 6.1.
static void
take_block(uint32_t sum[STATES], const uint8_t block[BLOCK])
{
	uint32_t words[WORDS];
	uint32_t at[STATES];

	for (size_t t = 0; t < WORDS; t++) {
		words[t] =
			t < 16 ? read_word(block + t * 4)
			       : rotate(words[t - 3] ^ words[t - 8] ^
						 words[t - 14] ^ words[t - 16],
					 1);
	}
	memcpy(at, sum, sizeof(at));
	for (unsigned t = 0; t < WORDS; t++) {
		uint32_t next = rotate(at[0], 5) + mix(t, at[1], at[2], at[3]) +
				at[4] + words[t];

		at[4] = at[3];
		at[3] = at[2];
		at[2] = rotate(at[1], 30);
		at[1] = at[0];
		at[0] = next;
	}
	for (unsigned i = 0; i < STATES; i++) {
		sum[i] += at[i];
	}
}

// What is left, a one, zeros, and the length in bits.
static void
take_end(uint32_t sum[STATES], const uint8_t *rest, size_t left, uint64_t bits)
{
	uint8_t block[BLOCK] = {0};

	memcpy(block, rest, left);
	block[left] = 0x80;
	if (left >= BLOCK - LENGTH) {
		take_block(sum, block);
		memset(block, 0, sizeof(block));
	}
	for (unsigned i = 0; i < LENGTH; i++) {
		block[BLOCK - 1 - i] = (uint8_t)(bits >> (8 * i));
	}
	take_block(sum, block);
}

void
stage_show_sha1(
	const void *bytes, size_t len, uint8_t out[STAGE_SHOW_SHA1_BYTES])
{
	uint32_t sum[STATES] = {
		0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
	const uint8_t *at = bytes;
	size_t left = len;

	for (; left >= BLOCK; left -= BLOCK, at += BLOCK) {
		take_block(sum, at);
	}
	take_end(sum, at, left, (uint64_t)len * 8);
	for (unsigned i = 0; i < STAGE_SHOW_SHA1_BYTES; i++) {
		out[i] = (uint8_t)(sum[i / 4] >> (24 - 8 * (i % 4)));
	}
}
