/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/status.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"

#define STATUS_NAME "supervise/status"

// Where the fields are after the label.
enum {
	AT_PID = 12,
	AT_PAUSED = 16,
	AT_WANT = 17,
	AT_TERM = 18,
	AT_STATE = 19
};

bool
stage_runit_status_equal(
	const struct stage_runit_status *a, const struct stage_runit_status *b)
{
	return a->state == b->state && a->pid == b->pid &&
	       a->is_paused == b->is_paused && a->wants_up == b->wants_up &&
	       a->term_sent == b->term_sent &&
	       a->since_wall_ns == b->since_wall_ns &&
	       memcmp(a->since_label, b->since_label, sizeof(a->since_label)) ==
		       0;
}

static uint32_t
get_pid(const unsigned char *b)
{
	return (uint32_t)b[AT_PID] | (uint32_t)b[AT_PID + 1] << 8 |
	       (uint32_t)b[AT_PID + 2] << 16 | (uint32_t)b[AT_PID + 3] << 24;
}

// What is wrong with the bytes, or NULL.
static const char *
find_fault(const unsigned char *b, const struct stage_runit_status *status)
{
	if (get_pid(b) > INT32_MAX) {
		return "the process number is out of range";
	}
	if (b[AT_PAUSED] > 1 || b[AT_TERM] > 1) {
		return "a flag is neither 0 nor 1";
	}
	if (b[AT_WANT] != 'u' && b[AT_WANT] != 'd') {
		return "it wants neither up nor down";
	}
	if (b[AT_STATE] >= STAGE_RUNIT_STATE_COUNT) {
		return "the state is unknown";
	}
	if (status->state == STAGE_RUNIT_RUN && status->pid == 0) {
		return "it runs without a process number";
	}
	return NULL;
}

enum stage_status
stage_runit_status_decode(const void *bytes, size_t len,
	struct stage_runit_status *out, struct stage_err *err)
{
	const unsigned char *b = bytes;
	struct stage_runit_status status = {0};
	const char *fault;

	if (len != STAGE_RUNIT_STATUS_BYTES) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"unable to read a runit status: it has %zu bytes "
			"instead of %d",
			len, STAGE_RUNIT_STATUS_BYTES);
	}
	status.state = (enum stage_runit_state)b[AT_STATE];
	status.pid = (pid_t)get_pid(b);
	status.is_paused = b[AT_PAUSED] == 1;
	status.wants_up = b[AT_WANT] == 'u';
	status.term_sent = b[AT_TERM] == 1;
	memcpy(status.since_label, b, sizeof(status.since_label));
	fault = find_fault(b, &status);
	if (fault == NULL &&
		stage_runit_tai_unpack(b, &status.since_wall_ns) != STAGE_OK) {
		fault = "the time is out of range";
	}
	if (fault != NULL) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"unable to read a runit status: %s", fault);
	}
	*out = status;
	return STAGE_OK;
}

void
stage_runit_status_encode(
	const struct stage_runit_status *status, unsigned char *bytes)
{
	uint32_t pid = (uint32_t)status->pid;

	stage_runit_tai_pack(status->since_wall_ns, bytes);
	for (int i = 0; i < 4; i++) {
		bytes[AT_PID + i] = (unsigned char)(pid >> (8 * i) & 0xff);
	}
	bytes[AT_PAUSED] = status->is_paused;
	bytes[AT_WANT] = status->wants_up ? 'u' : 'd';
	bytes[AT_TERM] = status->term_sent;
	bytes[AT_STATE] = (unsigned char)status->state;
}

enum stage_status
stage_runit_status_read(const char *service_dir, struct stage_runit_status *out,
	struct stage_err *err)
{
	unsigned char bytes[STAGE_RUNIT_STATUS_BYTES + 1]; // + 1: too long
	char path[STAGE_PATH_MAX];
	enum stage_status status = stage_io_join(
		path, sizeof(path), service_dir, STATUS_NAME, err);
	ssize_t got;
	int fd;

	if (status != STAGE_OK) {
		return status;
	}
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		return stage_err_set_errno(
			err, errno, "unable to open %s", path);
	}
	do {
		got = read(fd, bytes, sizeof(bytes));
	} while (got < 0 && errno == EINTR);
	if (got < 0) {
		status = stage_err_set_errno(
			err, errno, "unable to read %s", path);
	} else {
		status =
			stage_runit_status_decode(bytes, (size_t)got, out, err);
		if (status != STAGE_OK) {
			stage_err_prefix(err, "%s: ", path);
		}
	}
	close(fd);
	return status;
}
