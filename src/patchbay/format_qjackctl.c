/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* qjackctl's patchbay: sockets, which are clients with plugs, and cables
 * between sockets, which join their plugs by index. So that any set of
 * connections can be said, each two clients get a pair of sockets of their own,
 * with a plug for each connection. */

#include "patchbay/format_qjackctl.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "patchbay/format_export.h"
#include "patchbay/format_list.h"
#include "patchbay/format_regex.h"
#include "patchbay/format_xml.h"

// Connections of the same two clients.
struct grouped {
	const struct stage_patch_statement *statement;
	size_t group;
	size_t index;
};

static const char *
fault(enum stage_patch_system system, const char *name, bool is_from)
{
	size_t client = stage_patch_client_len(system, name);
	(void)is_from;

	if (system == STAGE_PATCH_ALSA &&
		stage_patch_alsa_is_number(name + client + 1)) {
		return "qjackctl knows ALSA ports by name, not by number";
	}
	return stage_patch_fault_utf8(name);
}

static enum stage_status
find_group(struct stage_map *groups,
	const struct stage_patch_statement *statement, size_t *out)
{
	const char *from = statement->from.text;
	const char *to = statement->to.text;
	size_t from_len = stage_patch_client_len(statement->system, from);
	size_t to_len = stage_patch_client_len(statement->system, to);
	struct stage_str key = {0};
	enum stage_status status = stage_str_addf(&key, "%d %d %zu %.*s%.*s",
		(int)statement->policy, (int)statement->system, from_len,
		(int)from_len, from, (int)to_len, to);

	if (status == STAGE_OK) {
		status = stage_patch_rank(groups, key.data, out);
	}
	stage_str_finish(&key);
	return status;
}

static int
compare(const void *a_item, const void *b_item)
{
	const struct grouped *a = a_item;
	const struct grouped *b = b_item;

	if (a->group != b->group) {
		return a->group < b->group ? -1 : 1;
	}
	return a->index < b->index ? -1 : a->index > b->index;
}

static enum stage_status
group_all(const struct stage_patch_statement **items, size_t count,
	struct grouped *out)
{
	struct stage_map *groups = stage_map_create(free);
	enum stage_status status = groups != NULL ? STAGE_OK : STAGE_NO_MEMORY;

	for (size_t i = 0; i < count && status == STAGE_OK; i++) {
		out[i].statement = items[i];
		out[i].index = i;
		status = find_group(groups, items[i], &out[i].group);
	}
	stage_map_destroy(groups);
	if (status == STAGE_OK) {
		qsort(out, count, sizeof(*out), compare);
	}
	return status;
}

// As an expression that only this name matches; control characters as \x01.
static enum stage_status
add_name(struct stage_str *out, const char *name, size_t len)
{
	struct stage_str regex = {0};
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < len && status == STAGE_OK; i++) {
		const char text[] = {name[i], '\0'};
		status = (unsigned char)name[i] < 0x20
				 ? stage_str_addf(&regex, "\\x%02x",
					   (unsigned)(unsigned char)name[i])
				 : stage_patch_regex_quote(&regex, text);
	}
	if (status == STAGE_OK) {
		status = stage_patch_xml_add(out, stage_str_text(&regex));
	}
	stage_str_finish(&regex);
	return status;
}

// The name of the sockets of a group, which the number makes unique. It is
// shown to people only, so what XML cannot hold is a question mark.
static enum stage_status
add_title(struct stage_str *out, const struct grouped *first)
{
	const struct stage_patch_statement *statement = first->statement;
	struct stage_str title = {0};
	enum stage_status status =
		stage_str_addf(&title, "%zu %.*s to %.*s", first->group + 1,
			(int)stage_patch_client_len(
				statement->system, statement->from.text),
			statement->from.text,
			(int)stage_patch_client_len(
				statement->system, statement->to.text),
			statement->to.text);

	for (size_t i = 0; i < title.len; i++) {
		if ((unsigned char)title.data[i] < 0x20) {
			title.data[i] = '?';
		}
	}
	if (status == STAGE_OK) {
		status = stage_patch_xml_add(out, stage_str_text(&title));
	}
	stage_str_finish(&title);
	return status;
}

static enum stage_status
add_plugs(struct stage_str *out, const struct grouped *items, size_t count,
	bool is_input)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < count && status == STAGE_OK; i++) {
		const struct stage_patch_statement *statement =
			items[i].statement;
		const char *name =
			is_input ? statement->to.text : statement->from.text;
		const char *port =
			name + stage_patch_client_len(statement->system, name) +
			1;
		status = stage_str_add(out, "   <plug>");
		if (status == STAGE_OK) {
			status = add_name(out, port, strlen(port));
		}
		if (status == STAGE_OK) {
			status = stage_str_add(out, "</plug>\n");
		}
	}
	return status;
}

static enum stage_status
add_socket(struct stage_str *out, const struct grouped *items, size_t count,
	bool is_input, enum stage_qjackctl_type type)
{
	const struct stage_patch_statement *statement = items[0].statement;
	const char *name = is_input ? statement->to.text : statement->from.text;
	bool is_exclusive = is_input && statement->policy == STAGE_PATCH_ONLY;
	enum stage_status status = stage_str_add(out, "  <socket client=\"");

	if (status == STAGE_OK) {
		status = add_name(out, name,
			stage_patch_client_len(statement->system, name));
	}
	if (status == STAGE_OK) {
		status = stage_str_addf(out,
			"\" exclusive=\"%s\" type=\"%s\" name=\"",
			is_exclusive ? "on" : "off",
			stage_qjackctl_type_names[type]);
	}
	if (status == STAGE_OK) {
		status = add_title(out, &items[0]);
	}
	if (status == STAGE_OK) {
		status = stage_str_add(out, "\">\n");
	}
	if (status == STAGE_OK) {
		status = add_plugs(out, items, count, is_input);
	}
	return status == STAGE_OK ? stage_str_add(out, "  </socket>\n")
				  : status;
}

static enum stage_status
add_cable(struct stage_str *out, const struct grouped *first,
	enum stage_qjackctl_type type)
{
	enum stage_status status =
		stage_str_addf(out, "  <cable type=\"%s\" output=\"",
			stage_qjackctl_type_names[type]);

	if (status == STAGE_OK) {
		status = add_title(out, first);
	}
	if (status == STAGE_OK) {
		status = stage_str_add(out, "\" input=\"");
	}
	if (status == STAGE_OK) {
		status = add_title(out, first);
	}
	return status == STAGE_OK ? stage_str_add(out, "\"/>\n") : status;
}

enum part {
	PART_OUTPUTS,
	PART_INPUTS,
	PART_CABLES,
	PART_COUNT,
};

static enum stage_status
add_group(struct stage_str *out, enum part part, const struct grouped *items,
	size_t count)
{
	bool is_alsa = items[0].statement->system == STAGE_PATCH_ALSA;
	int type = is_alsa ? STAGE_QJACKCTL_ALSA : STAGE_QJACKCTL_AUDIO;
	int last = is_alsa ? STAGE_QJACKCTL_ALSA : STAGE_QJACKCTL_MIDI;
	enum stage_status status = STAGE_OK;

	for (; type <= last && status == STAGE_OK; type++) {
		status = part == PART_CABLES
				 ? add_cable(out, items,
					   (enum stage_qjackctl_type)type)
				 : add_socket(out, items, count,
					   part == PART_INPUTS,
					   (enum stage_qjackctl_type)type);
	}
	return status;
}

static enum stage_status
add_part(struct stage_str *out, enum part part, const struct grouped *items,
	size_t count)
{
	static const char *const tags[PART_COUNT] = {
		"output-sockets", "input-sockets", "cables"};
	enum stage_status status = stage_str_addf(out, " <%s>\n", tags[part]);

	for (size_t i = 0; i < count && status == STAGE_OK;) {
		size_t end = i + 1;
		while (end < count && items[end].group == items[i].group) {
			end++;
		}
		status = add_group(out, part, &items[i], end - i);
		i = end;
	}
	return status == STAGE_OK ? stage_str_addf(out, " </%s>\n", tags[part])
				  : status;
}

static enum stage_status
write_all(struct stage_str *out, const struct grouped *items, size_t count)
{
	enum stage_status status = stage_str_add(out,
		"<!DOCTYPE patchbay>\n"
		"<patchbay name=\"stagecraft\" version=\"0.9.9\">\n");

	for (int part = 0; part < PART_COUNT && status == STAGE_OK; part++) {
		status = add_part(out, (enum part)part, items, count);
		if (part == PART_INPUTS && status == STAGE_OK) {
			status = stage_str_add(out, " <slots/>\n");
		}
	}
	return status == STAGE_OK ? stage_str_add(out, "</patchbay>\n")
				  : status;
}

static enum stage_status
export_list(struct stage_patch_writer *writer)
{
	const struct stage_patch_statement **items = NULL;
	struct grouped *groups =
		calloc(writer->list->count + 1, sizeof(*groups));
	size_t count = 0;
	enum stage_status status = STAGE_NO_MEMORY;

	if (groups != NULL) {
		status = stage_patch_writer_sort(writer, &items, &count);
	}
	if (status == STAGE_OK) {
		status = group_all(items, count, groups);
	}
	if (status == STAGE_OK) {
		status = write_all(writer->out, groups, count);
	}
	if (status == STAGE_OK && count > 0 &&
		items[0]->system == STAGE_PATCH_JACK) {
		status = stage_patch_report_add(writer->report,
			"JACK connections were written twice, as audio and as "
			"MIDI, as qjackctl keeps them apart");
	}
	free((void *)items);
	free(groups);
	return status;
}

static bool
recognise(const char *bytes, size_t len)
{
	char root[16];

	return stage_patch_xml_root(bytes, len, root, sizeof(root)) &&
	       strcmp(root, "patchbay") == 0;
}

const struct stage_patch_format stage_patch_format_qjackctl = {
	.name = "qjackctl",
	.summary = "patchbay definitions of qjackctl, as XML",
	.recognise = recognise,
	.import_list = stage_qjackctl_import,
	.export_list = export_list,
	.program = "qjackctl",
	.carries = {true, true},
	.carries_only = true,
	.fault = fault,
};
