/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // semtimedop

#include "jack/registry_lock.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/types.h>
#include <time.h>

#include "base/clock.h"

#define KEY 0x282929
#define EVERYBODY 0666

// semctl's last argument; POSIX has every program declare it.
union semctl_arg {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
};

static int
add(int id, short value, short flags, int64_t deadline_ns)
{
	struct sembuf step = {.sem_op = value, .sem_flg = flags};
	int result;

	do {
		int left_ms = stage_clock_until_ms(deadline_ns);
		struct timespec left = {.tv_sec = left_ms / 1000,
			.tv_nsec = left_ms % 1000 * STAGE_NS_PER_MS};
		result = semtimedop(id, &step, 1, &left);
	} while (result != 0 && errno == EINTR);
	return result;
}

static int
open_or_make(void)
{
	struct sembuf first = {.sem_op = 1};
	int id = semget(KEY, 0, 0);

	if (id >= 0 || errno != ENOENT) {
		return id;
	}
	id = semget(KEY, 1, IPC_CREAT | IPC_EXCL | EVERYBODY);
	if (id < 0) {
		return errno == EEXIST ? semget(KEY, 0, 0) : -1;
	}
	return semop(id, &first, 1) == 0 ? id : -1;
}

// True when nobody ever operated on it: its maker died in between. Making it
// and giving it its value are two calls of the same function in JACK, and the
// caller has waited for long when it asks.
static bool
was_never_set(int id)
{
	struct semid_ds state = {0};
	union semctl_arg arg = {.buf = &state};

	return semctl(id, 0, IPC_STAT, arg) == 0 && state.sem_otime == 0 &&
	       semctl(id, 0, GETVAL) == 0;
}

enum stage_status
stage_jack_lock_take(
	struct stage_jack_lock *self, int timeout_ms, struct stage_err *err)
{
	int64_t deadline_ns =
		stage_clock_now_ns() + timeout_ms * STAGE_NS_PER_MS;

	self->id = open_or_make();
	if (self->id < 0) {
		return stage_err_set_errno(err, errno,
			"unable to open the lock of JACK's registry "
			"(semaphore 0x%x)",
			KEY);
	}
	if (add(self->id, -1, SEM_UNDO, deadline_ns) == 0) {
		return STAGE_OK;
	}
	if (errno == EAGAIN && was_never_set(self->id)) {
		// the value 1 that is missing is the lock we take with it
		struct sembuf steps[] = {
			{.sem_op = 1}, {.sem_op = -1, .sem_flg = SEM_UNDO}};
		if (semop(self->id, steps, 2) == 0) {
			return STAGE_OK;
		}
	}
	if (errno == EAGAIN) {
		return stage_err_set(err, STAGE_TIMEOUT,
			"JACK's registry has been locked for over %d ms by "
			"another process; find a stopped one that uses JACK",
			timeout_ms);
	}
	return stage_err_set_errno(
		err, errno, "unable to lock JACK's registry");
}

void
stage_jack_lock_release(struct stage_jack_lock *self)
{
	struct sembuf step = {.sem_op = 1, .sem_flg = SEM_UNDO | IPC_NOWAIT};

	while (semop(self->id, &step, 1) != 0 && errno == EINTR) {
		continue;
	}
}
