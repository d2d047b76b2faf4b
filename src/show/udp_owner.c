/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/udp_owner.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

#define LINE_MAX_BYTES 512
#define INODES_MAX 16
#define PATH_BYTES 300

// The word of a line that stands at that place; NULL: it has none.
static char *
word_at(char *line, unsigned place)
{
	char *rest = NULL;
	char *word = strtok_r(line, " \n", &rest);

	while (word != NULL && place-- > 0) {
		word = strtok_r(NULL, " \n", &rest);
	}
	return word;
}

// "0100007F:53AC" in the second word is an address and a port; the tenth is the
// socket's inode. 0: the line is of another port.
static unsigned long
inode_of(const char *line, int port)
{
	char copy[LINE_MAX_BYTES];
	const char *local;

	snprintf(copy, sizeof(copy), "%s", line);
	local = word_at(copy, 1);
	local = local != NULL ? strchr(local, ':') : NULL;
	if (local == NULL || strtol(local + 1, NULL, 16) != port) {
		return 0;
	}
	snprintf(copy, sizeof(copy), "%s", line);
	local = word_at(copy, 9);
	return local != NULL ? strtoul(local, NULL, 10) : 0;
}

// The inodes of all sockets with that port, of one table of the kernel.
static size_t
read_table(const char *path, int port, unsigned long *inodes, size_t count)
{
	char line[LINE_MAX_BYTES];
	FILE *file = fopen(path, "re");

	while (file != NULL && count < INODES_MAX &&
		fgets(line, sizeof(line), file) != NULL) {
		inodes[count] = inode_of(line, port);
		count += inodes[count] != 0;
	}
	if (file != NULL) {
		fclose(file);
	}
	return count;
}

static bool
is_one_of(const char *link, const unsigned long *inodes, size_t count)
{
	static const char prefix[] = "socket:[";
	unsigned long inode;

	if (!stage_starts_with(link, prefix)) {
		return false;
	}
	inode = strtoul(link + sizeof(prefix) - 1, NULL, 10);
	for (size_t i = 0; i < count; i++) {
		if (inodes[i] == inode) {
			return true;
		}
	}
	return false;
}

static bool
has_open(const char *pid, const unsigned long *inodes, size_t count)
{
	char path[PATH_BYTES];
	char link[PATH_BYTES];
	bool is_found = false;
	struct dirent *entry;
	DIR *dir;

	if (stage_format(path, sizeof(path), "/proc/%s/fd", pid) != STAGE_OK) {
		return false;
	}
	dir = opendir(path);
	while (dir != NULL && !is_found && (entry = readdir(dir)) != NULL) {
		ssize_t len = readlinkat(
			dirfd(dir), entry->d_name, link, sizeof(link) - 1);

		if (len > 0) {
			link[len] = '\0';
			is_found = is_one_of(link, inodes, count);
		}
	}
	if (dir != NULL) {
		closedir(dir);
	}
	return is_found;
}

bool
stage_show_udp_is_of_group(int port, pid_t group)
{
	unsigned long inodes[INODES_MAX];
	size_t count = read_table("/proc/net/udp", port, inodes, 0);
	bool is_found = false;
	struct dirent *entry;
	DIR *proc = opendir("/proc");

	count = read_table("/proc/net/udp6", port, inodes, count);
	if (proc == NULL) {
		return true;
	}
	while (count > 0 && !is_found && (entry = readdir(proc)) != NULL) {
		if (isdigit((unsigned char)entry->d_name[0]) &&
			getpgid((pid_t)strtol(entry->d_name, NULL, 10)) ==
				group) {
			is_found = has_open(entry->d_name, inodes, count);
		}
	}
	closedir(proc);
	return is_found;
}

bool
stage_show_udp_is_taken(int port)
{
	unsigned long inodes[INODES_MAX];
	size_t count = read_table("/proc/net/udp", port, inodes, 0);

	return read_table("/proc/net/udp6", port, inodes, count) > 0 ||
	       access("/proc/net/udp", R_OK) != 0;
}
