/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/chatter.h"

#include <jack/jack.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/log.h"
#include "jack/names.h"

static struct {
	atomic_bool is_stopping;
	pthread_mutex_t mutex;
	char first_error[256];
	bool (*told)(void *user, const char *message);
	void *user;
} chatter = {false, PTHREAD_MUTEX_INITIALIZER, "", NULL, NULL};

// Called on libjackserver's threads too, which it may cancel at any moment: not
// while they hold the mutex.
static void
on_error(const char *message)
{
	int cancel_state;
	bool is_known;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	is_known = chatter.told != NULL && chatter.told(chatter.user, message);
	if (is_known || atomic_load(&chatter.is_stopping)) {
		stage_log_debug("jack: %s", message);
	} else {
		stage_log_warn("jack: %s", message);
	}
	pthread_mutex_lock(&chatter.mutex);
	if (chatter.first_error[0] == '\0') {
		stage_jack_copy_text(chatter.first_error,
			sizeof(chatter.first_error), message);
	}
	pthread_mutex_unlock(&chatter.mutex);
	pthread_setcancelstate(cancel_state, NULL);
}

static void
on_info(const char *message)
{
	int cancel_state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	stage_log_debug("jack: %s", message);
	pthread_setcancelstate(cancel_state, NULL);
}

void
stage_chatter_init(void)
{
	jack_set_error_function(on_error);
	jack_set_info_function(on_info);
}

void
stage_chatter_set_stopping(void)
{
	atomic_store(&chatter.is_stopping, true);
}

void
stage_chatter_listen(bool (*told)(void *user, const char *message), void *user)
{
	chatter.told = told;
	chatter.user = user;
}

void
stage_chatter_mark(void)
{
	pthread_mutex_lock(&chatter.mutex);
	chatter.first_error[0] = '\0';
	pthread_mutex_unlock(&chatter.mutex);
}

void
stage_chatter_first_error(char *out, size_t size)
{
	pthread_mutex_lock(&chatter.mutex);
	stage_jack_copy_text(out, size, chatter.first_error);
	pthread_mutex_unlock(&chatter.mutex);
}
