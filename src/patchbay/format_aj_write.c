/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/format_aj.h"

#include <stdlib.h>
#include <string.h>

#include "patchbay/format_xml.h"

static const char *
fault_of_alsa(const char *name, const char *port)
{
	bool is_plain = port[0] != '0' || port[1] == '\0';

	if (!stage_patch_alsa_is_number(port) || !is_plain ||
		strtol(port, NULL, 10) > STAGE_AJ_PORT_ID_MAX) {
		return "aj-snapshot knows ALSA ports by number only";
	}
	return stage_aj_is_kernel(name)
		       ? "the ALSA client System is the kernel's own"
		       : NULL;
}

const char *
stage_aj_fault(enum stage_patch_system system, const char *name, bool is_from)
{
	const char *found = stage_patch_fault_control(name, true);
	size_t client = stage_patch_client_len(system, name);
	(void)is_from;

	if (found == NULL) {
		found = stage_patch_fault_utf8(name);
	}
	if (found == NULL && system == STAGE_PATCH_ALSA) {
		found = fault_of_alsa(name, name + client + 1);
	}
	return found;
}

// aj-snapshot asks the ALSA library for the client, which reads more than a
// name there.
static const char *
doubt(const struct stage_patch_statement *statement)
{
	const char *names[] = {statement->from.text, statement->to.text};

	for (size_t i = 0; i < 2; i++) {
		size_t len = stage_patch_client_len(STAGE_PATCH_ALSA, names[i]);
		size_t digits = strspn(names[i], "0123456789");
		if (digits >= len || names[i][0] == '"' ||
			names[i][0] == '\'' || strcspn(names[i], ".:") < len) {
			return names[i];
		}
	}
	return NULL;
}

static enum stage_status
tell_doubt(struct stage_patch_writer *writer,
	const struct stage_patch_statement *statement)
{
	const char *name =
		statement->system == STAGE_PATCH_ALSA ? doubt(statement) : NULL;

	if (name == NULL) {
		return STAGE_OK;
	}
	return stage_patch_report_add(writer->report,
		"written, but aj-snapshot may take it for another one, as the "
		"client is a number, begins with a quote or holds a dot or "
		"colon: \"%.200s\"",
		name);
}

static enum stage_status
add_attr(struct stage_str *out, const char *before, const char *value,
	size_t len, const char *after)
{
	struct stage_str part = {0};
	enum stage_status status = stage_str_add(out, before);

	if (status == STAGE_OK) {
		status = stage_str_append(&part, value, len);
	}
	if (status == STAGE_OK) {
		status = stage_patch_xml_add(out, stage_str_text(&part));
	}
	if (status == STAGE_OK) {
		status = stage_str_add(out, after);
	}
	stage_str_finish(&part);
	return status;
}

static enum stage_status
add_connection(
	struct stage_str *out, const struct stage_patch_statement *statement)
{
	const char *to = statement->to.text;
	size_t client = stage_patch_client_len(statement->system, to);
	enum stage_status status;

	if (statement->system == STAGE_PATCH_JACK) {
		return add_attr(out, "      <connection port=\"", to,
			strlen(to), "\" />\n");
	}
	status = add_attr(out, "      <connection client=\"", to, client, "\"");
	if (status == STAGE_OK) {
		status = add_attr(out, " port=\"", to + client + 1,
			strlen(to + client + 1), "\" />\n");
	}
	return status;
}

// How much changes between two connections; NULL is the file's begin or end.
struct change {
	bool section;
	bool client; // or more
	bool port;   // or more
};

static struct change
change_between(const struct stage_patch_statement *before,
	const struct stage_patch_statement *now)
{
	struct change change;

	change.section =
		before == NULL || now == NULL || before->system != now->system;
	change.client = change.section || !stage_patch_same_client(before, now);
	change.port =
		change.client || strcmp(before->from.text, now->from.text) != 0;
	return change;
}

static enum stage_status
add_ends(struct stage_str *out, struct change change,
	const struct stage_patch_statement *before)
{
	enum stage_status status = STAGE_OK;

	if (before == NULL || !change.port) {
		return STAGE_OK;
	}
	status = stage_str_addf(
		out, "    </port>\n%s", change.client ? "  </client>\n" : "");
	if (change.section && status == STAGE_OK) {
		status = stage_str_addf(out, "</%s>\n",
			stage_patch_system_name(before->system));
	}
	return status;
}

static enum stage_status
add_starts(struct stage_str *out, struct change change,
	const struct stage_patch_statement *now)
{
	const char *name = now->from.text;
	size_t client = stage_patch_client_len(now->system, name);
	bool is_alsa = now->system == STAGE_PATCH_ALSA;
	enum stage_status status = STAGE_OK;

	if (change.section) {
		status = stage_str_addf(
			out, "<%s>\n", stage_patch_system_name(now->system));
	}
	if (change.client && status == STAGE_OK) {
		status = add_attr(
			out, "  <client name=\"", name, client, "\">\n");
	}
	if (change.port && status == STAGE_OK) {
		status = add_attr(out,
			is_alsa ? "    <port id=\"" : "    <port name=\"",
			name + client + 1, strlen(name + client + 1), "\">\n");
	}
	return status;
}

static enum stage_status
add_one(struct stage_patch_writer *writer, struct change change,
	const struct stage_patch_statement *statement)
{
	enum stage_status status = add_starts(writer->out, change, statement);

	if (status == STAGE_OK) {
		status = add_connection(writer->out, statement);
	}
	return status == STAGE_OK ? tell_doubt(writer, statement) : status;
}

static enum stage_status
write_all(struct stage_patch_writer *writer,
	const struct stage_patch_statement **items, size_t count)
{
	struct stage_str *out = writer->out;
	enum stage_status status =
		stage_str_add(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
				   "\n<aj-snapshot>\n");

	for (size_t i = 0; i <= count && status == STAGE_OK; i++) {
		const struct stage_patch_statement *before =
			i > 0 ? items[i - 1] : NULL;
		const struct stage_patch_statement *now =
			i < count ? items[i] : NULL;
		struct change change = change_between(before, now);
		status = add_ends(out, change, before);
		if (status == STAGE_OK && now != NULL) {
			status = add_one(writer, change, now);
		}
	}
	return status == STAGE_OK ? stage_str_add(out, "</aj-snapshot>\n")
				  : status;
}

enum stage_status
stage_aj_export(struct stage_patch_writer *writer)
{
	const struct stage_patch_statement **items = NULL;
	size_t count = 0;
	enum stage_status status =
		stage_patch_writer_sort(writer, &items, &count);

	if (status == STAGE_OK) {
		status = write_all(writer, items, count);
	}
	free((void *)items);
	return status;
}
