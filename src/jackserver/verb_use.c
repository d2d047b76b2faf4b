/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "base/str.h"
#include "jackserver/daemon_private.h"

#define WORDS_MAX 8

static const struct stage_verb_arg args_of_use[] = {
	{"card", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED,
		"its id, keys such as serial:123, a name of ALSA's; auto; "
		"default: as rig.conf says"},
	STAGE_ARGS_END,
};

// A card that is there is kept with all its keys.
static bool
take_card(const struct stage_cards *cards, const char *text,
	struct stage_wish *wish)
{
	const char *id =
		stage_starts_with(text, "hw:") ? text + strlen("hw:") : text;

	for (size_t i = 0; i < cards->count; i++) {
		if (strcmp(cards->cards[i].is.id, id) == 0) {
			stage_wish_for_card(&cards->cards[i], wish);
			return true;
		}
	}
	return false;
}

static enum stage_status
take_words(const char *text, struct stage_wish *wish, struct stage_err *err)
{
	char copy[1024];
	const char *words[WORDS_MAX];
	size_t count = 0;
	size_t wrong = 0;
	char *rest = NULL;

	if (stage_format(copy, sizeof(copy), "%s", text) != STAGE_OK) {
		return stage_err_set(
			err, STAGE_TOO_LONG, "\"%s\" is too long", text);
	}
	for (char *word = strtok_r(copy, " ", &rest);
		word != NULL && count < WORDS_MAX;
		word = strtok_r(NULL, " ", &rest)) {
		words[count] = word;
		count++;
	}
	if (count == 0) {
		return stage_err_set(
			err, STAGE_BAD_INPUT, "no sound card is named");
	}
	return stage_wish_parse(words, count, wish, &wrong, err);
}

static enum stage_status
refuse_number(const char *text, struct stage_err *err)
{
	return stage_err_set(err, STAGE_BAD_INPUT,
		"\"%s\" is a card's number, which is another one when it is "
		"plugged in anew: stagecraft audio list shows its id",
		text);
}

static enum stage_status
use(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_daemon *self = ctx;
	const char *text = stage_args_text(args, "card", "");
	struct stage_jackserver_set set = self->set;
	enum stage_status status = STAGE_OK;

	(void)result;
	if (!stage_plan_is_free(&self->config)) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"rig.conf names the driver %s: write jack.driver auto "
			"to have sound cards",
			self->config.driver);
	}
	if (text[0] != '\0' && text[strspn(text, "0123456789")] == '\0') {
		return refuse_number(text, err);
	}
	set.wish_count = 0;
	if (strcmp(text, "default") != 0) {
		set.wish_count = 1;
		if (self->chooser == NULL ||
			!take_card(stage_chooser_get_cards(self->chooser), text,
				&set.wishes[0])) {
			status = take_words(text, &set.wishes[0], err);
		}
	}
	return status == STAGE_OK ? stage_daemon_apply(self, call, &set, err)
				  : status;
}

const struct stage_verb stage_jackserver_verb_use = {
	.name = "use",
	.args = args_of_use,
	.help = "Plays on a sound card whenever it is there, before others",
	.handler = use,
};
