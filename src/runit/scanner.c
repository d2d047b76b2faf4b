/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // syscall

#include "runit/scanner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"

#define COMM "runsvdir"
#define ALARM_BIT (UINT64_C(1) << (14 - 1)) // SIGALRM in a mask of /proc
#define MASK_DIGITS_MAX 16
#define STATUS_BYTES_MAX 65536
#define PAST_SPREAD_S 100000 // seconds that the past ones are spread over

// A line of /proc/PID/status is "KEY:\tVALUE"; none of the pointers is owned.
struct field {
	const char *value;
	size_t len;
	bool is_doubled;
};

// Takes the line's value when it has that key.
static void
take_field(struct field *field, const char *key, const char *line, size_t len)
{
	size_t key_len = strlen(key);

	if (len < key_len || memcmp(line, key, key_len) != 0) {
		return;
	}
	field->is_doubled = field->value != NULL;
	field->value = line + key_len;
	field->len = len - key_len;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
parse_mask(const struct field *field, uint64_t *out)
{
	uint64_t mask = 0;

	if (field->len == 0 || field->len > MASK_DIGITS_MAX) {
		return false;
	}
	for (size_t i = 0; i < field->len; i++) {
		int digit = hex_digit(field->value[i]);
		if (digit < 0) {
			return false;
		}
		mask = mask << 4 | (uint64_t)digit;
	}
	*out = mask;
	return true;
}

enum stage_runit_scanner_kind
stage_runit_scanner_judge(const char *text, size_t len)
{
	static const char name_line[] = "Name:\t" COMM "\n";
	const size_t name_len = sizeof(name_line) - 1;
	struct field state = {0};
	struct field caught = {0};
	uint64_t mask = 0;

	if (len < name_len || memcmp(text, name_line, name_len) != 0) {
		return STAGE_RUNIT_SCANNER_OTHER;
	}
	for (size_t at = name_len; at < len;) {
		const char *line = text + at;
		const char *end = memchr(line, '\n', len - at);
		size_t line_len;
		if (end == NULL) {
			break; // cut off: not to be trusted
		}
		line_len = (size_t)(end - line);
		take_field(&state, "State:\t", line, line_len);
		take_field(&caught, "SigCgt:\t", line, line_len);
		at += line_len + 1;
	}
	if (state.len == 0 || state.is_doubled || caught.is_doubled ||
		strchr("ZXx", state.value[0]) != NULL ||
		!parse_mask(&caught, &mask)) {
		return STAGE_RUNIT_SCANNER_OTHER;
	}
	return (mask & ALARM_BIT) != 0 ? STAGE_RUNIT_SCANNER_HEARS
				       : STAGE_RUNIT_SCANNER_DEAF;
}

int64_t
stage_runit_scanner_past_second(int64_t wall_ns, int64_t seen_s)
{
	int64_t now_s = wall_ns / STAGE_NS_PER_S;
	int64_t spread = wall_ns / STAGE_NS_PER_MS % PAST_SPREAD_S;
	int64_t past_s = now_s - 2 - spread;

	return past_s != seen_s ? past_s : past_s - PAST_SPREAD_S;
}

static enum stage_runit_scanner_kind
judge_process(pid_t pid)
{
	struct stage_str text = {0};
	char path[64];
	enum stage_runit_scanner_kind kind = STAGE_RUNIT_SCANNER_OTHER;

	if (stage_format(path, sizeof(path), "/proc/%ld/status", (long)pid) ==
			STAGE_OK &&
		stage_io_read_file(path, STATUS_BYTES_MAX, &text, NULL) ==
			STAGE_OK) {
		kind = stage_runit_scanner_judge(
			stage_str_text(&text), text.len);
	}
	stage_str_finish(&text);
	return kind;
}

bool
stage_runit_scanner_wakes_by_alarm(pid_t pid)
{
	return pid > 0 && judge_process(pid) == STAGE_RUNIT_SCANNER_HEARS;
}

// A hold on a process: its number cannot come to mean another one for
// send_alarm. -1 where the system has no such thing.
static int
hold_process(pid_t pid)
{
#if defined(SYS_pidfd_open) && defined(SYS_pidfd_send_signal)
	return (int)syscall(SYS_pidfd_open, pid, 0);
#else
	(void)pid;
	return -1;
#endif
}

static int
send_alarm(pid_t pid, int hold_fd)
{
#if defined(SYS_pidfd_open) && defined(SYS_pidfd_send_signal)
	if (hold_fd >= 0) {
		return (int)syscall(
			SYS_pidfd_send_signal, hold_fd, SIGALRM, NULL, 0);
	}
#else
	(void)hold_fd;
#endif
	return kill(pid, SIGALRM);
}

void
stage_runit_scanner_set_past(const char *services_dir)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {0}};
	struct stat st;

	if (stat(services_dir, &st) != 0) {
		return;
	}
	times[1].tv_sec = (time_t)stage_runit_scanner_past_second(
		stage_clock_wall_ns(), (int64_t)st.st_mtim.tv_sec);
	(void)!utimensat(AT_FDCWD, services_dir, times, 0);
}

// Where descriptor fd of a process leads to, such as "pipe:[123]"; the link's
// own permission says how it was opened.
static bool
read_fd(pid_t pid, const char *fd, char *target, size_t size, mode_t *mode)
{
	char path[128];
	struct stat st;
	ssize_t len;

	if (stage_format(path, sizeof(path), "/proc/%ld/fd/%s", (long)pid,
		    fd) != STAGE_OK ||
		lstat(path, &st) != 0) {
		return false;
	}
	len = readlink(path, target, size - 1);
	if (len <= 0) {
		return false;
	}
	target[len] = '\0';
	*mode = st.st_mode & (S_IRUSR | S_IWUSR);
	return true;
}

/* True when standard error is a pipe whose reading end the process holds
 * itself. That is so for a runsvdir with a log argument only: a byte in any
 * other pipe would be noise in somebody's log and wake nobody. */
static bool
has_own_log(pid_t pid)
{
	struct stage_strv fds = {0};
	char wanted[64];
	char path[64];
	mode_t mode;
	bool has = false;

	if (!read_fd(pid, "2", wanted, sizeof(wanted), &mode) ||
		!stage_starts_with(wanted, "pipe:") ||
		stage_format(path, sizeof(path), "/proc/%ld/fd", (long)pid) !=
			STAGE_OK ||
		stage_io_list_dir(path, &fds, NULL) != STAGE_OK) {
		stage_strv_finish(&fds);
		return false;
	}
	for (size_t i = 0; i < fds.count && !has; i++) {
		char target[64];
		has = read_fd(pid, fds.items[i], target, sizeof(target),
			      &mode) &&
		      mode == S_IRUSR && strcmp(target, wanted) == 0;
	}
	stage_strv_finish(&fds);
	return has;
}

// Writes one dot, which is what runsvdir itself puts there.
static bool
poke_log(pid_t pid)
{
	char path[64];
	ssize_t put;
	int fd;

	if (stage_format(path, sizeof(path), "/proc/%ld/fd/2", (long)pid) !=
		STAGE_OK) {
		return false;
	}
	// Opened for reading too: no SIGPIPE when the process ends now.
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		return false;
	}
	put = write(fd, ".", 1);
	close(fd);
	return put == 1;
}

static enum stage_status
poke_held(pid_t pid, int hold_fd, const char *services_dir,
	enum stage_runit_poke *how, struct stage_err *err)
{
	switch (judge_process(pid)) {
	case STAGE_RUNIT_SCANNER_HEARS:
		stage_runit_scanner_set_past(services_dir);
		if (send_alarm(pid, hold_fd) != 0) {
			return stage_err_set_errno(err, errno,
				"unable to wake runsvdir, process %ld",
				(long)pid);
		}
		*how = STAGE_RUNIT_POKE_ALARM;
		return STAGE_OK;
	case STAGE_RUNIT_SCANNER_DEAF:
		if (!has_own_log(pid)) {
			*how = STAGE_RUNIT_POKE_NONE;
			return STAGE_OK;
		}
		stage_runit_scanner_set_past(services_dir);
		*how = poke_log(pid) ? STAGE_RUNIT_POKE_LOG
				     : STAGE_RUNIT_POKE_NONE;
		return STAGE_OK;
	case STAGE_RUNIT_SCANNER_OTHER:
		break;
	}
	return stage_err_set(err, STAGE_GONE,
		"unable to wake runsvdir: process %ld is none", (long)pid);
}

enum stage_status
stage_runit_scanner_poke(pid_t pid, const char *services_dir,
	enum stage_runit_poke *how, struct stage_err *err)
{
	enum stage_status status;
	int hold_fd;

	if (pid < 1) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"unable to wake runsvdir: %ld is no process",
			(long)pid);
	}
	hold_fd = hold_process(pid);
	status = poke_held(pid, hold_fd, services_dir, how, err);
	if (hold_fd >= 0) {
		close(hold_fd);
	}
	return status;
}
