/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "patchbay/patch_text.h"

static void
check_end(const struct stage_patch_end *end)
{
	FUZZ_CHECK(end->text != NULL && end->text[0] != '\0');
	FUZZ_CHECK((unsigned)end->match < STAGE_PATCH_MATCH_COUNT);
}

static void
check_list(const struct stage_patch_list *list)
{
	unsigned line = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct stage_patch_statement *item = &list->items[i];
		check_end(&item->from);
		check_end(&item->to);
		FUZZ_CHECK(item->except.text == NULL ||
			   item->policy == STAGE_PATCH_FORBID);
		FUZZ_CHECK(item->line > line);
		line = item->line;
	}
	line = 0;
	for (size_t i = 0; i < list->mode_count; i++) {
		FUZZ_CHECK(list->modes[i].client == NULL ||
			   list->modes[i].client[0] != '\0');
		FUZZ_CHECK(list->modes[i].line > line);
		line = list->modes[i].line;
	}
}

static void
check_same(const struct stage_patch_list *a, const struct stage_patch_list *b)
{
	FUZZ_CHECK(a->count == b->count);
	FUZZ_CHECK(a->mode_count == b->mode_count);
	for (size_t i = 0; i < a->count; i++) {
		const struct stage_patch_statement *x = &a->items[i];
		const struct stage_patch_statement *y = &b->items[i];
		FUZZ_CHECK(x->policy == y->policy && x->system == y->system);
		FUZZ_CHECK(x->since_s == y->since_s);
		FUZZ_CHECK(stage_patch_end_is_same(&x->from, &y->from));
		FUZZ_CHECK(stage_patch_end_is_same(&x->to, &y->to));
		FUZZ_CHECK(stage_patch_end_is_same(&x->except, &y->except));
	}
	for (size_t i = 0; i < a->mode_count; i++) {
		const char *x = a->modes[i].client;
		const char *y = b->modes[i].client;
		FUZZ_CHECK(a->modes[i].mode == b->modes[i].mode);
		FUZZ_CHECK((x == NULL) == (y == NULL));
		FUZZ_CHECK(x == NULL || strcmp(x, y) == 0);
	}
}

// Written and read again it is the same, and so is its text; no line of it
// could command a terminal.
static void
check_round_trip(const struct stage_patch_list *list)
{
	struct stage_patch_list back = {0};
	struct stage_str text = {0};
	struct stage_str again = {0};
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = stage_patch_text_format(list, &text);

	if (status == STAGE_TOO_LONG) { // by its escapes
		stage_str_finish(&text);
		return;
	}
	FUZZ_CHECK(status == STAGE_OK);
	FUZZ_CHECK(stage_patch_text_parse(stage_str_text(&text), text.len, "f",
			   &back, &err) == STAGE_OK);
	check_same(list, &back);
	FUZZ_CHECK(stage_patch_text_format(&back, &again) == STAGE_OK);
	FUZZ_CHECK(strcmp(stage_str_text(&text), stage_str_text(&again)) == 0);
	for (char *p = text.data; p != NULL && *p != '\0'; p++) {
		*p = *p == '\n' || *p == '\t' ? ' ' : *p;
	}
	fuzz_check_text(stage_str_text(&text), text.len);
	stage_patch_list_finish(&back);
	stage_str_finish(&again);
	stage_str_finish(&text);
}

// Any bytes are the name of a port.
static void
check_name(char *name)
{
	struct stage_patch_list list = {0};

	if (name[0] == '\0') {
		return;
	}
	for (int match = 0; match < 2; match++) {
		struct stage_patch_statement statement = {
			.policy = STAGE_PATCH_FORBID,
			.from = {name, STAGE_PATCH_LITERAL},
			.to = {name, (enum stage_patch_match)match},
			.except = {name, (enum stage_patch_match)match},
		};
		FUZZ_CHECK(stage_patch_list_add(&list, &statement) == STAGE_OK);
	}
	FUZZ_CHECK(stage_patch_list_add_mode(
			   &list, STAGE_PATCH_MODE_LOCK, name, 0) == STAGE_OK);
	check_round_trip(&list);
	stage_patch_list_finish(&list);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_patch_list list = {0};
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = stage_patch_text_parse(
		(const char *)data, size, "f", &list, &err);
	char *name = fuzz_copy(data, size);

	fuzz_check_place(status, &err, "f");
	FUZZ_CHECK(status == STAGE_OK || status == STAGE_BAD_INPUT ||
		   status == STAGE_TOO_LONG);
	if (status == STAGE_OK) {
		check_list(&list);
		check_round_trip(&list);
	} else {
		FUZZ_CHECK(list.count == 0 && list.mode_count == 0);
	}
	check_name(name);
	stage_patch_list_finish(&list);
	free(name);
	return 0;
}
