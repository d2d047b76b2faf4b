/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Targets, and what they are owed. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "show/cue_out_private.h"

#define NOBODY "nobody listens there"

static int64_t
now_ns(const struct stage_show_cue_out *self)
{
	return self->ops->now_ns(self->user);
}

// How long to wait after that many times in vain.
static int64_t
backoff_ns(unsigned times)
{
	int64_t wait_ns = STAGE_SHOW_CUE_BACKOFF_MIN_NS;

	while (--times > 0 && wait_ns < STAGE_SHOW_CUE_BACKOFF_MAX_NS) {
		wait_ns *= 2;
	}
	return wait_ns < STAGE_SHOW_CUE_BACKOFF_MAX_NS
		       ? wait_ns
		       : STAGE_SHOW_CUE_BACKOFF_MAX_NS;
}

// Entries.

void
stage_show_cue_push(struct stage_show_cue_target *target,
	struct stage_show_cue_entry *entry)
{
	entry->next = NULL;
	*target->tail = entry;
	target->tail = &entry->next;
}

static struct stage_show_cue_entry *
pop(struct stage_show_cue_target *target)
{
	struct stage_show_cue_entry *entry = target->queue;

	target->queue = entry->next;
	if (target->queue == NULL) {
		target->tail = &target->queue;
	}
	return entry;
}

static void
count_in_batch(
	struct stage_show_cue_batch *batch, bool is_sent, const char *why)
{
	batch->sent += is_sent;
	if (!is_sent && batch->failed++ == 0) {
		snprintf(batch->why, sizeof(batch->why), "%s", why);
	}
	if (--batch->waiting == 0) {
		batch->fired.done(batch->fired.user, batch->sent, batch->failed,
			batch->why);
		free(batch);
	}
}

// It is done with, one way or the other.
void
stage_show_cue_settle(
	struct stage_show_cue_entry *entry, bool is_sent, const char *why)
{
	if (entry->batch != NULL) {
		count_in_batch(entry->batch, is_sent, why);
	}
	stage_show_script_unref(entry->script);
	free(entry);
}

static bool
waits_in(const struct stage_show_cue_entry *list,
	const struct stage_show_script *script, size_t at)
{
	while (list != NULL && (list->script != script || list->at != at ||
				       list->batch != NULL)) {
		list = list->next;
	}
	return list != NULL;
}

void
stage_show_cue_queue(struct stage_show_cue_out *self,
	struct stage_show_script *script, size_t at,
	struct stage_show_cue_batch *batch)
{
	struct stage_show_cue_target *target =
		stage_show_cue_target_of(self, &script->conf.cues[at]);
	struct stage_show_cue_entry *entry;

	if (target != NULL && batch == NULL &&
		(waits_in(target->queue, script, at) ||
			waits_in(target->aside, script, at))) {
		return;
	}
	entry = target != NULL ? calloc(1, sizeof(*entry)) : NULL;
	if (entry == NULL) {
		self->ops->tell(
			self->user, true, "a cue is lost, for lack of memory");
		if (batch != NULL) {
			count_in_batch(batch, false, "out of memory");
		}
		return;
	}
	script->refs++;
	entry->script = script;
	entry->at = at;
	entry->batch = batch;
	stage_show_cue_push(target, entry);
	if (batch != NULL) {
		target->retry_ns = INT64_MIN; // somebody waits for the answer
	}
}

void
stage_show_cue_target_destroy(
	struct stage_show_cue_out *self, struct stage_show_cue_target *target)
{
	struct stage_show_cue_entry *entry;

	self->ops->drop(self->user, target);
	while (target->queue != NULL) {
		stage_show_cue_settle(
			pop(target), false, "the show manager ends");
	}
	while ((entry = target->aside) != NULL) {
		target->aside = entry->next;
		stage_show_cue_settle(entry, false, "the show manager ends");
	}
	free(target->host);
	free(target);
}

// What becomes of them.

static void
mark(const struct stage_show_cue_out *self, struct stage_show_cue_entry *entry,
	const char *why)
{
	struct stage_show_cue_mark *of = &entry->script->marks[entry->at];

	free(of->why);
	of->why = why != NULL ? strdup(why) : NULL;
	if (why == NULL) {
		of->sent_ns = now_ns(self);
	}
}

static bool
may_wait(const struct stage_show_cue_entry *entry)
{
	return entry->batch == NULL && !entry->is_stale &&
	       stage_show_cue_of(entry)->repeat != STAGE_SHOW_REPEAT_ONCE;
}

// Tells of a failure: the first one, and the last.
static void
complain(const struct stage_show_cue_out *self,
	const struct stage_show_cue_target *target,
	struct stage_show_cue_entry *entry, bool is_last, const char *why)
{
	char sentence[STAGE_ERR_TEXT_MAX];

	mark(self, entry, why);
	if (entry->batch != NULL || (entry->has_failed && !is_last)) {
		return;
	}
	entry->has_failed = true;
	snprintf(sentence, sizeof(sentence),
		"song \"%s\": " STAGE_SHOW_CONF_FILE
		":%u: unable to send the cue to %s: %s; it is %s",
		entry->script->song, stage_show_cue_of(entry)->line,
		target->text, why,
		is_last ? "not sent any more"
			: "tried again while the song "
			  "plays");
	self->ops->tell(self->user, true, sentence);
}

// Those that are for their moment only do not wait for a target to come back.
static void
drop_hasty(struct stage_show_cue_out *self,
	struct stage_show_cue_target *target, const char *why)
{
	struct stage_show_cue_entry *list = target->queue;

	target->queue = NULL;
	target->tail = &target->queue;
	while (list != NULL) {
		struct stage_show_cue_entry *next = list->next;

		if (may_wait(list)) {
			stage_show_cue_push(target, list);
		} else {
			complain(self, target, list, true, why);
			stage_show_cue_settle(list, false, why);
		}
		list = next;
	}
}

static void
note_why(struct stage_show_cue_target *target, const char *why)
{
	snprintf(target->why, sizeof(target->why), "%s", why);
}

static void
is_away(struct stage_show_cue_out *self, struct stage_show_cue_target *target,
	const char *why)
{
	target->fails++;
	target->retry_ns = now_ns(self) + backoff_ns(target->fails);
	note_why(target, why);
	if (may_wait(target->queue)) {
		complain(self, target, target->queue, false, why);
	}
	drop_hasty(self, target, why);
}

static void
tell_of(const struct stage_show_cue_out *self,
	const struct stage_show_cue_target *target, const char *what)
{
	char sentence[STAGE_ERR_TEXT_MAX];

	snprintf(sentence, sizeof(sentence), "cues: %s %s", target->text, what);
	self->ops->tell(self->user, false, sentence);
}

// Who has no connection must be looked at: then; INT64_MAX: never.
static int64_t
next_look(const struct stage_show_cue_out *self,
	const struct stage_show_cue_target *target)
{
	bool is_seen = target->kind == STAGE_SHOW_CUE_HTTP ||
		       (target->kind == STAGE_SHOW_CUE_OSC &&
			       target->transport == STAGE_SHOW_UDP);

	return is_seen && target->identity != STAGE_SHOW_CUE_ANYBODY
		       ? now_ns(self) + STAGE_SHOW_CUE_BACKOFF_MAX_NS
		       : INT64_MAX;
}

static void
is_said(struct stage_show_cue_out *self, struct stage_show_cue_target *target,
	struct stage_show_cue_entry *entry)
{
	if (target->losses > 0) {
		target->calm_ns = now_ns(self) + STAGE_SHOW_CUE_RECENT_NS;
	} else if (target->fails > 0) {
		tell_of(self, target, "is reached again");
	}
	if (target->losses == 0) {
		note_why(target, "");
	}
	target->fails = 0;
	target->looks = 0;
	target->retry_ns = INT64_MIN;
	target->identity = target->next_identity;
	target->look_ns = next_look(self, target);
	target->sent++;
	target->sent_ns = now_ns(self);
	mark(self, entry, NULL);
	stage_show_cue_settle(entry, true, "");
}

static void
is_wrong(struct stage_show_cue_out *self, struct stage_show_cue_target *target,
	struct stage_show_cue_entry *entry, const char *why)
{
	bool is_last = !may_wait(entry);

	complain(self, target, entry, is_last, why);
	if (is_last) {
		stage_show_cue_settle(entry, false, why);
		return;
	}
	entry->next = target->aside;
	target->aside = entry;
	target->aside_ns = now_ns(self) + STAGE_SHOW_CUE_BACKOFF_MAX_NS;
}

static void
come_to(struct stage_show_cue_out *self, struct stage_show_cue_target *target,
	enum stage_show_cue_result result, const char *why)
{
	struct stage_show_cue_entry *entry;

	self->ops->changed(self->user);
	if (result == STAGE_SHOW_CUE_AWAY) {
		is_away(self, target, why);
		return;
	}
	entry = pop(target);
	if (result == STAGE_SHOW_CUE_SAID) {
		is_said(self, target, entry);
	} else if (result == STAGE_SHOW_CUE_WRONG) {
		is_wrong(self, target, entry, why);
	} else {
		complain(self, target, entry, true, why);
		stage_show_cue_settle(entry, false, why);
	}
}

// It is another one than was told: all that is in force, and behind that what
// else is owed. What was to be undone of the song before it has not done.
static void
renew(struct stage_show_cue_out *self, struct stage_show_cue_target *target)
{
	struct stage_show_cue_entry *list = target->queue;

	target->queue = NULL;
	target->tail = &target->queue;
	target->identity = 0;
	target->look_ns = INT64_MAX;
	tell_of(self, target, "was started anew, and is sent what is in force");
	stage_show_cue_again(self, target, STAGE_SHOW_CUES_ALL);
	while (list != NULL) {
		struct stage_show_cue_entry *next = list->next;

		if (list->batch == NULL &&
			(stage_show_cue_is_in_force(
				 self, list->script, list->at) ||
				stage_show_cue_of(list)->when ==
					STAGE_SHOW_ON_LEAVE)) {
			stage_show_cue_settle(list, false, "");
		} else {
			stage_show_cue_push(target, list);
		}
		list = next;
	}
}

static void
begin(struct stage_show_cue_out *self, struct stage_show_cue_target *target)
{
	uint64_t who = self->ops->identify(self->user, target);

	if (who == 0) {
		come_to(self, target, STAGE_SHOW_CUE_AWAY, NOBODY);
		return;
	}
	if (target->identity != 0 && who != target->identity) {
		renew(self, target);
	}
	if (target->queue == NULL) {
		return;
	}
	target->next_identity = who;
	target->is_sending = true;
	self->ops->changed(self->user);
	self->ops->send(self->user, target, stage_show_cue_of(target->queue));
}

static void
pump(struct stage_show_cue_out *self, struct stage_show_cue_target *target)
{
	if (target->is_busy) {
		return; // by a call of begin further out
	}
	target->is_busy = true;
	while (!target->is_sending && target->queue != NULL &&
		target->retry_ns <= now_ns(self)) {
		begin(self, target);
	}
	target->is_busy = false;
}

void
stage_show_cue_pump(struct stage_show_cue_out *self)
{
	struct stage_show_cue_target *at = self->targets;

	for (; at != NULL; at = at->next) {
		pump(self, at);
	}
}

void
stage_show_cue_out_sent(struct stage_show_cue_out *self,
	struct stage_show_cue_target *target, enum stage_show_cue_result result,
	const char *why)
{
	if (!target->is_sending) {
		return;
	}
	target->is_sending = false;
	come_to(self, target, result, why);
	pump(self, target);
}

// What is in force goes to the queue, for later.
static void
resend(struct stage_show_cue_out *self, struct stage_show_cue_target *target,
	enum stage_show_cue_which which, const char *why)
{
	stage_show_cue_again(self, target, which);
	if (target->queue == NULL) {
		return;
	}
	if (target->losses++ == 0) {
		tell_of(self, target,
			"is away; what is in force is sent again");
	}
	note_why(target, why);
	target->calm_ns = INT64_MAX;
	target->retry_ns = now_ns(self) + backoff_ns(target->losses);
}

void
stage_show_cue_out_lost(struct stage_show_cue_out *self,
	struct stage_show_cue_target *target, bool is_back, const char *why)
{
	bool is_recent =
		now_ns(self) - target->sent_ns < STAGE_SHOW_CUE_RECENT_NS;

	if (target->is_sending) {
		return; // that will say so
	}
	if (is_back) {
		resend(self, target, STAGE_SHOW_CUES_RECENT, why);
	} else if (!is_recent) {
		resend(self, target, STAGE_SHOW_CUES_STATE, why);
	}
	stage_show_cue_check(self, target);
	if (target->look_ns == INT64_MAX && target->queue == NULL) {
		// Its connections may end before its port is closed.
		target->look_ns = now_ns(self) + STAGE_SHOW_CUE_BACKOFF_MIN_NS;
	}
	self->ops->changed(self->user);
}

// Time.

// Where something is owed, that which is next to be sent looks.
void
stage_show_cue_check(
	struct stage_show_cue_out *self, struct stage_show_cue_target *target)
{
	uint64_t who;

	target->look_ns = INT64_MAX;
	if (target->queue != NULL || target->identity == 0 ||
		target->identity == STAGE_SHOW_CUE_ANYBODY ||
		!stage_show_cue_has_force(self, target)) {
		return;
	}
	who = self->ops->identify(self->user, target);
	if (who == target->identity) {
		target->looks = 0;
		target->look_ns = next_look(self, target);
		return;
	}
	self->ops->changed(self->user);
	if (who == 0) {
		note_why(target, NOBODY);
		target->look_ns = now_ns(self) + backoff_ns(++target->looks);
		return;
	}
	target->looks = 0;
	renew(self, target);
	pump(self, target);
}

static int64_t
earlier(int64_t one, int64_t other)
{
	return one < other ? one : other;
}

int64_t
stage_show_cue_out_deadline_ns(const struct stage_show_cue_out *self)
{
	int64_t deadline_ns = INT64_MAX;

	for (const struct stage_show_cue_target *at = self->targets; at != NULL;
		at = at->next) {
		if (at->queue != NULL && !at->is_sending) {
			deadline_ns = earlier(deadline_ns, at->retry_ns);
		}
		if (at->aside != NULL) {
			deadline_ns = earlier(deadline_ns, at->aside_ns);
		}
		deadline_ns = earlier(deadline_ns, at->look_ns);
		deadline_ns = earlier(deadline_ns, at->calm_ns);
	}
	return deadline_ns;
}

// What was put aside, in the order in which that was done.
static void
unshelve(struct stage_show_cue_target *target)
{
	struct stage_show_cue_entry *list = NULL;

	while (target->aside != NULL) {
		struct stage_show_cue_entry *entry = target->aside;

		target->aside = entry->next;
		entry->next = list;
		list = entry;
	}
	while (list != NULL) {
		struct stage_show_cue_entry *next = list->next;

		stage_show_cue_push(target, list);
		list = next;
	}
}

static void
calm_down(struct stage_show_cue_out *self, struct stage_show_cue_target *target)
{
	target->calm_ns = INT64_MAX;
	target->losses = 0;
	note_why(target, "");
	tell_of(self, target, "is reached again");
	self->ops->changed(self->user);
}

void
stage_show_cue_out_step(struct stage_show_cue_out *self)
{
	int64_t now = now_ns(self);
	struct stage_show_cue_target *at = self->targets;

	for (; at != NULL; at = at->next) {
		if (at->aside != NULL && at->aside_ns <= now) {
			unshelve(at);
		}
		if (at->look_ns <= now) {
			stage_show_cue_check(self, at);
		}
		if (at->calm_ns <= now) {
			calm_down(self, at);
		}
		pump(self, at);
	}
}
