/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/cue_eye.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 512
#define LISTENS 0x0a  // state of a TCP socket
#define IS_BOUND 0x07 // of one of UDP that has no peer

// The fields of a line, from 0.
#define LOCAL 1
#define STATE 3
#define INODE 9

// A field of a line, parted by blanks; "" where it has none.
static void
copy_field(const char *line, unsigned place, char *out, size_t size)
{
	size_t len;

	line += strspn(line, " ");
	for (; place > 0; place--) {
		line += strcspn(line, " \n");
		line += strspn(line, " ");
	}
	len = strcspn(line, " \n");
	len = len < size ? len : size - 1;
	memcpy(out, line, len);
	out[len] = '\0';
}

// Addresses as the tables have them, in words of the host's order.
static bool
is_reached_by_loopback(const char *address)
{
	static const char *const addresses[] = {
		"00000000",
		"00000000000000000000000000000000",
		"00000000000000000000000001000000",
	};
	size_t len = strlen(address);

	for (size_t i = 0; i < STAGE_COUNT_OF(addresses); i++) {
		if (strcmp(address, addresses[i]) == 0) {
			return true;
		}
	}
	// 127.x.y.z, also as an IPv4 address within IPv6.
	return (len == 8 || len == 32) && strcmp(address + len - 2, "7F") == 0;
}

uint64_t
stage_show_cue_socket_of(const char *line, bool is_tcp, uint16_t port)
{
	char local[80];
	char state[8];
	char inode[24];
	char *colon;

	copy_field(line, LOCAL, local, sizeof(local));
	copy_field(line, STATE, state, sizeof(state));
	copy_field(line, INODE, inode, sizeof(inode));
	colon = strchr(local, ':');
	if (colon == NULL || strtoul(colon + 1, NULL, 16) != port ||
		strtoul(state, NULL, 16) != (is_tcp ? LISTENS : IS_BOUND)) {
		return 0;
	}
	*colon = '\0';
	return is_reached_by_loopback(local) ? strtoull(inode, NULL, 10) : 0;
}

// Of all sockets at that port; false: the table cannot be read.
static bool
read_table(const char *path, bool is_tcp, uint16_t port, uint64_t *out)
{
	char line[LINE_MAX_BYTES];
	FILE *file = fopen(path, "re");

	if (file == NULL) {
		return false;
	}
	while (fgets(line, sizeof(line), file) != NULL) {
		*out ^= stage_show_cue_socket_of(line, is_tcp, port);
	}
	fclose(file);
	return true;
}

static bool
is_here(const char *host)
{
	return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 ||
	       strcmp(host, "localhost") == 0;
}

uint64_t
stage_show_cue_identify(const struct stage_show_cue_target *target)
{
	bool is_udp = target->kind == STAGE_SHOW_CUE_OSC &&
		      target->transport == STAGE_SHOW_UDP;
	uint64_t who = 0;

	if (target->kind == STAGE_SHOW_CUE_MIDI || !is_here(target->host) ||
		!read_table(is_udp ? "/proc/net/udp" : "/proc/net/tcp", !is_udp,
			target->port, &who)) {
		return STAGE_SHOW_CUE_ANYBODY;
	}
	(void)read_table(is_udp ? "/proc/net/udp6" : "/proc/net/tcp6", !is_udp,
		target->port, &who);
	return who;
}
