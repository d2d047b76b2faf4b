/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/remote.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"

// Whoever asked, and who listens for what was refused.
struct request {
	struct stage_show_daemon *daemon;
	struct stage_show_asker asker;
	enum stage_show_act act;
};

static void
refuse(struct stage_show_daemon *daemon, enum stage_show_act act,
	const char *text)
{
	stage_log_info("%s: %s", stage_show_act_word(act), text);
	stage_show_daemon_tell(daemon, STAGE_SHOW_TOLD_REFUSED, text, act);
}

static void
on_answer(void *user, enum stage_show_code code, const char *text)
{
	struct request *request = user;

	if (code != STAGE_SHOW_DONE) {
		refuse(request->daemon, request->act, text);
	}
	if (request->asker.answer != NULL) {
		request->asker.answer(request->asker.user, code, text);
	}
	free(request);
}

static struct stage_show_asker
make_asker(struct stage_show_daemon *daemon, enum stage_show_act act,
	struct stage_show_asker asker)
{
	struct request *request = calloc(1, sizeof(*request));

	if (request == NULL) { // then nobody hears but who asked
		return asker;
	}
	request->daemon = daemon;
	request->asker = asker;
	request->act = act;
	return (struct stage_show_asker){on_answer, request};
}

static void
answer(struct stage_show_asker asker, enum stage_status status,
	const struct stage_err *err)
{
	enum stage_show_code code = status == STAGE_OK ? STAGE_SHOW_DONE
				    : status == STAGE_NOT_FOUND
					    ? STAGE_SHOW_NO_SUCH_FILE
					    : STAGE_SHOW_GENERAL;

	if (asker.answer != NULL) {
		asker.answer(asker.user, code,
			status == STAGE_OK ? "Done." : err->text);
	}
}

static void
do_song(struct stage_show_daemon *daemon, enum stage_show_act act, long number,
	struct stage_show_asker asker)
{
	struct stage_show_conductor *conductor =
		stage_show_daemon_conductor(daemon);

	if (act == STAGE_SHOW_ACT_PLAY) {
		stage_show_conductor_play(
			conductor, number > 0 ? (size_t)number : 0, asker);
	} else {
		stage_show_conductor_do(conductor,
			act == STAGE_SHOW_ACT_GO     ? STAGE_SHOW_GO
			: act == STAGE_SHOW_ACT_NEXT ? STAGE_SHOW_NEXT
						     : STAGE_SHOW_PREVIOUS,
			asker);
	}
}

static void
do_selection(struct stage_show_daemon *daemon, enum stage_show_act act,
	long number, struct stage_show_asker asker)
{
	struct stage_show_conductor *conductor =
		stage_show_daemon_conductor(daemon);
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;

	if (act == STAGE_SHOW_ACT_SELECT) {
		status = stage_show_conductor_select(
			conductor, number > 0 ? (size_t)number : 0, &err);
	} else if (act == STAGE_SHOW_ACT_RESET) {
		status = stage_show_conductor_reset(conductor, &err);
	} else {
		status = stage_show_conductor_step(conductor,
			act == STAGE_SHOW_ACT_SELECT_NEXT ? 1 : -1, &err);
	}
	answer(asker, status, &err);
}

static void
do_transport(struct stage_show_daemon *daemon, enum stage_show_act act,
	struct stage_show_asker asker)
{
	stage_show_daemon_tell(daemon, STAGE_SHOW_TOLD_TRANSPORT, "",
		act == STAGE_SHOW_ACT_STOP    ? STAGE_SHOW_ROLLING_STOP
		: act == STAGE_SHOW_ACT_PAUSE ? STAGE_SHOW_ROLLING_PAUSE
					      : STAGE_SHOW_ROLLING_RESUME);
	answer(asker, STAGE_OK, NULL);
}

void
stage_show_remote_do(struct stage_show_daemon *daemon, enum stage_show_act act,
	long number, struct stage_show_asker asker)
{
	struct stage_show_asker told = act < STAGE_SHOW_ACT_COUNT
					       ? make_asker(daemon, act, asker)
					       : asker;
	struct stage_err err = STAGE_ERR_INIT;

	switch (act) {
	case STAGE_SHOW_ACT_GO:
	case STAGE_SHOW_ACT_NEXT:
	case STAGE_SHOW_ACT_PREVIOUS:
	case STAGE_SHOW_ACT_PLAY:
		do_song(daemon, act, number, told);
		break;
	case STAGE_SHOW_ACT_SELECT:
	case STAGE_SHOW_ACT_SELECT_NEXT:
	case STAGE_SHOW_ACT_SELECT_PREVIOUS:
	case STAGE_SHOW_ACT_RESET:
		do_selection(daemon, act, number, told);
		break;
	case STAGE_SHOW_ACT_STOP:
	case STAGE_SHOW_ACT_PAUSE:
	case STAGE_SHOW_ACT_RESUME:
		do_transport(daemon, act, told);
		break;
	case STAGE_SHOW_ACT_SAVE:
		stage_show_engine_save(stage_show_daemon_engine(daemon), told);
		break;
	case STAGE_SHOW_ACT_PANIC:
		stage_show_daemon_panic(daemon);
		answer(told, STAGE_OK, NULL);
		break;
	case STAGE_SHOW_ACT_TAP:
		stage_show_daemon_tell(daemon, STAGE_SHOW_TOLD_TAP, "", 0);
		answer(told, STAGE_OK, NULL);
		break;
	case STAGE_SHOW_ACT_COUNT:
		(void)stage_err_set(&err, STAGE_BUG, "there is no such act");
		answer(asker, STAGE_BUG, &err);
		break;
	}
}
