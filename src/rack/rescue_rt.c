/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // gettid

#include "rack/rescue.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "base/attr.h"
#include "rack/watchdog.h"

#define STACK_BYTES (128 * 1024)
#define PAGE_BYTES 4096

// As in blame_rt.c: a handler has nothing else to go by.
static _Thread_local struct stage_rack_rescue *inside
	__attribute__((tls_model("initial-exec")));

STAGE_RT static int
id_of_this_thread(void)
{
#if defined(__linux__)
	return gettid();
#else
	return 0;
#endif
}

// Who started this thread may have blocked all of them: the kernel then ends us
// without a handler, and nobody is blamed.
STAGE_RT static void
unblock_signals(void)
{
	static const int signums[] = {
		SIGSEGV, SIGBUS, SIGFPE, SIGILL, STAGE_RACK_RESCUE_SIGNAL};
	sigset_t signals;

	sigemptyset(&signals);
	for (size_t i = 0; i < STAGE_COUNT_OF(signums); i++) {
		sigaddset(&signals, signums[i]);
	}
	(void)pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}

// So much of its stack is there before a plug-in needs it.
STAGE_RT static void
touch_stack(void)
{
	volatile char room[STACK_BYTES];

	for (size_t i = 0; i < sizeof(room); i += PAGE_BYTES) {
		room[i] = 0;
	}
}

STAGE_RT void
stage_rack_rescue_introduce(struct stage_rack_rescue *self)
{
	pthread_t thread = pthread_self();
	struct sched_param param = {0};
	clockid_t clock = CLOCK_MONOTONIC;
	int policy = 0;

	if (inside == self && atomic_load(&self->thread) == thread) {
		return;
	}
	STAGE_RT_UNSAFE_BEGIN("before this thread has played anything")
	unblock_signals();
	touch_stack();
	(void)pthread_getcpuclockid(thread, &clock);
	(void)pthread_getschedparam(thread, &policy, &param);
	atomic_store(&self->id, id_of_this_thread());
	STAGE_RT_UNSAFE_END
	atomic_store(&self->thread, thread);
	atomic_store(&self->clock, clock);
	atomic_store(&self->priority, policy == SCHED_FIFO || policy == SCHED_RR
					      ? param.sched_priority
					      : 0);
	atomic_fetch_add(&self->threads, 1);
	// The one before may have been ended inside a plug-in, and is there no
	// more.
	if (atomic_load(&self->turn) % 2 == 1) {
		stage_rack_rescue_turn(self);
	}
	inside = self;
}

STAGE_RT void
stage_rack_rescue_jump(void)
{
	struct stage_rack_rescue *self = inside;
	uint32_t turn = self != NULL ? atomic_load(&self->turn) : 0;

	if (turn % 2 == 1 && atomic_load(&self->condemned) == turn) {
		longjmp(self->out, 1);
	}
}
