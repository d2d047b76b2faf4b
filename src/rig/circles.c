/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/circles.h"

#include <stdbool.h>
#include <string.h>

#include "rig/stop.h"

#define ARROW " -> " // of stage_runit_tree_cycles

// circle: "a -> b -> a".
static enum stage_status
write_sentence(const char *circle, struct stage_str *out)
{
	int first = (int)strcspn(circle, " ");
	size_t second = (size_t)first + strlen(ARROW);
	bool is_alone =
		strcspn(circle + second, " ") == strlen(circle + second);

	return is_alone ? stage_str_addf(out,
				  "%.*s needs itself, so that it cannot start; "
				  "take that line out of services/%.*s/needs",
				  first, circle, first, circle)
			: stage_str_addf(out,
				  "services need each other in a circle, %s, "
				  "so that none of them can start; take one of "
				  "these lines out, for example in "
				  "services/%.*s/needs",
				  circle, first, circle);
}

static enum stage_status
add_sentence(const char *circle, struct stage_strv *out)
{
	struct stage_str sentence = {0};
	enum stage_status status = write_sentence(circle, &sentence);

	if (status == STAGE_OK) {
		status = stage_strv_add(out, stage_str_text(&sentence));
	}
	stage_str_finish(&sentence);
	return status;
}

enum stage_status
stage_circles_tell(const struct stage_rig *rig, struct stage_strv *out)
{
	struct stage_runit_tree *tree = NULL;
	enum stage_status status =
		stage_stop_order(rig, STAGE_STOP_DECLARED, &tree, NULL);

	if (status == STAGE_OK) {
		const struct stage_strv *circles =
			stage_runit_tree_cycles(tree);
		for (size_t i = 0; i < circles->count && status == STAGE_OK;
			i++) {
			status = add_sentence(circles->items[i], out);
		}
	}
	stage_runit_tree_destroy(tree);
	return status;
}
