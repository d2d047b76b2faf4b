/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _DEFAULT_SOURCE // getrandom, getentropy

#include "base/hash.h"

#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#ifdef __linux__
#	include <sys/random.h>
#endif

#include "base/clock.h"

struct sip {
	uint64_t v[4];
};

static uint64_t
rotl(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static void
sip_rounds(struct sip *sip, int count)
{
	uint64_t *v = sip->v;

	for (int i = 0; i < count; i++) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rotl(v[1], 13) ^ v[0];
		v[3] = rotl(v[3], 16) ^ v[2];
		v[0] = rotl(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = rotl(v[1], 17) ^ v[2];
		v[3] = rotl(v[3], 21) ^ v[0];
		v[2] = rotl(v[2], 32);
	}
}

static void
sip_word(struct sip *sip, uint64_t word)
{
	sip->v[3] ^= word;
	sip_rounds(sip, 2);
	sip->v[0] ^= word;
}

// Up to eight bytes, the first one lowest.
static uint64_t
load(const unsigned char *bytes, size_t len)
{
	uint64_t word = 0;

	for (size_t i = 0; i < len; i++) {
		word |= (uint64_t)bytes[i] << (8 * i);
	}
	return word;
}

uint64_t
stage_hash(const struct stage_hash_key *key, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	size_t tail = len % 8;
	struct sip sip = {{
		key->words[0] ^ 0x736f6d6570736575ULL,
		key->words[1] ^ 0x646f72616e646f6dULL,
		key->words[0] ^ 0x6c7967656e657261ULL,
		key->words[1] ^ 0x7465646279746573ULL,
	}};

	for (size_t i = 0; i < len - tail; i += 8) {
		sip_word(&sip, load(at + i, 8));
	}
	sip_word(&sip, (uint64_t)len << 56 |
			       (tail > 0 ? load(at + len - tail, tail) : 0));
	sip.v[2] ^= 0xff;
	sip_rounds(&sip, 4);
	return sip.v[0] ^ sip.v[1] ^ sip.v[2] ^ sip.v[3];
}

static int
random_bytes(void *bytes, size_t len)
{
#ifdef __linux__
	return getrandom(bytes, len, GRND_NONBLOCK) == (ssize_t)len;
#else
	return getentropy(bytes, len) == 0;
#endif
}

void
stage_hash_key_init(struct stage_hash_key *key)
{
	static const struct stage_hash_key first = {{1, 2}};
	uintptr_t places[3] = {
		(uintptr_t)key, (uintptr_t)&places, (uintptr_t)&first};
	unsigned char seed[sizeof(places)];

	if (random_bytes(key, sizeof(*key))) {
		return;
	}
	memcpy(seed, places, sizeof(seed));
	key->words[0] = stage_hash(&first, seed, sizeof(seed)) ^
			(uint64_t)stage_clock_wall_ns();
	key->words[1] = stage_hash(key, seed, sizeof(seed)) ^
			(uint64_t)stage_clock_now_ns() ^
			(uint64_t)getpid() << 40;
}
