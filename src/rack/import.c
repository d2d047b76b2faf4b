/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/import.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/exits.h"
#include "base/io.h"
#include "base/log.h"
#include "base/str.h"
#include "rack/carxp_plan.h"
#include "rack/host.h"
#include "rack/slots.h"
#include "runit/name.h"

struct import {
	const char *file;
	const char *name;
	const char *directory;
	const char *services; // of the rig, or NULL
	struct stage_carxp_names there;
	enum stage_carxp_way way;
	struct stage_rack_host host;
	struct stage_rack_plugin *plugin; // that was asked for last
};

static const struct stage_rack_plugin *
on_find(void *user, const char *uri, struct stage_err *why)
{
	struct import *self = user;

	stage_rack_plugin_destroy(self->plugin);
	self->plugin = NULL;
	return stage_rack_plugin_create(&self->host, uri, &self->plugin, why) ==
			       STAGE_OK
		       ? self->plugin
		       : NULL;
}

static void
on_port_name(void *user, const struct stage_rack_plugin *plugin, uint32_t index,
	char out[STAGE_CARXP_PORT_NAME_MAX])
{
	const LilvPort *port;
	LilvNode *name;

	(void)user;
	(void)!stage_format(out, STAGE_CARXP_PORT_NAME_MAX, "%s",
		plugin->ports[index].symbol);
	if (plugin->lilv == NULL) {
		return;
	}
	port = lilv_plugin_get_port_by_index(plugin->lilv, index);
	name = lilv_port_get_name(plugin->lilv, port);
	if (name != NULL) {
		(void)!stage_format(out, STAGE_CARXP_PORT_NAME_MAX, "%s",
			lilv_node_as_string(name));
	}
	lilv_node_free(name);
}

static bool
on_has_file(void *user, const char *path)
{
	(void)user;
	return access(path, R_OK) == 0;
}

static enum stage_status
write_file(
	const char *path, const struct stage_str *text, struct stage_err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	enum stage_status status;

	if (fd < 0) {
		return stage_err_set_errno(
			err, errno, "unable to write %s", path);
	}
	status = stage_io_write_all(fd, stage_str_text(text), text->len);
	if (close(fd) != 0 || status != STAGE_OK) {
		return stage_err_set(err, STAGE_IO, "unable to write %s", path);
	}
	return STAGE_OK;
}

static enum stage_status
write_files(const struct import *self, const struct stage_carxp_plan *plan,
	struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; status == STAGE_OK && i < plan->count; i++) {
		char path[STAGE_PATH_MAX];
		char *slash;
		status = stage_io_join(path, sizeof(path), self->directory,
			plan->files[i].path, err);
		if (status != STAGE_OK) {
			return status;
		}
		slash = strrchr(path, '/');
		*slash = '\0';
		status = stage_io_make_dirs(path, err);
		*slash = '/';
		if (status == STAGE_OK) {
			status = write_file(path, &plan->files[i].text, err);
		}
	}
	return status;
}

static void
print_lines(const char *title, const struct stage_str *lines)
{
	const char *line = stage_str_text(lines);

	if (lines->len > 0) {
		printf("%s:\n", title);
	}
	while (*line != '\0') {
		size_t len = strcspn(line, "\n");
		printf("  %.*s\n", (int)len, line);
		line += len + (line[len] == '\n');
	}
}

static enum stage_status
make(struct import *self, const struct stage_carxp *project,
	struct stage_err *err)
{
	const struct stage_carxp_facts facts = {
		on_find, on_port_name, on_has_file, self, &self->there};
	struct stage_carxp_plan plan;
	enum stage_status status = stage_carxp_plan_make(
		project, self->name, self->way, &facts, &plan, err);

	if (status != STAGE_OK) {
		stage_err_prefix(err, "%s: ", self->file);
		return status;
	}
	status = write_files(self, &plan, err);
	if (status == STAGE_OK) {
		print_lines("came over", &plan.came);
		print_lines("not here", &plan.missing);
		print_lines("names that others have", &plan.clashes);
		print_lines("left out", &plan.left);
	}
	stage_carxp_plan_finish(&plan);
	return status;
}

// One that cannot be read has its own name alone.
static enum stage_status
list_rack(struct import *self, const char *name, const char *directory)
{
	struct stage_rack_config *config = calloc(1, sizeof(*config));
	enum stage_status status = config != NULL ? STAGE_OK : STAGE_NO_MEMORY;

	if (status != STAGE_OK ||
		stage_rack_config_load(directory, config, NULL) != STAGE_OK) {
		free(config);
		return status;
	}
	status = stage_carxp_names_add(&self->there, STAGE_CARXP_CLIENT,
		config->client[0] != '\0' ? config->client : name, name);
	for (size_t i = 0; status == STAGE_OK && i < config->ports.count; i++) {
		const struct stage_rack_port_line *line =
			&config->ports.items[i];
		if (line->kind == STAGE_RACK_ALIAS) {
			status = stage_carxp_names_add(&self->there,
				STAGE_CARXP_ALIAS, line->text, name);
		}
	}
	free(config);
	return status;
}

static enum stage_status
list_service(struct import *self, const char *entry, struct stage_err *err)
{
	enum stage_runit_name_kind kind = stage_runit_name_judge(entry);
	size_t len = strlen(entry);
	char name[STAGE_RUNIT_NAME_MAX + 1];
	char path[STAGE_PATH_MAX];
	enum stage_status status = STAGE_OK;

	if (kind == STAGE_RUNIT_NAME_DISABLED) {
		len -= strlen(STAGE_RUNIT_DISABLED_END);
	}
	if ((kind != STAGE_RUNIT_NAME_SERVICE &&
		    kind != STAGE_RUNIT_NAME_DISABLED) ||
		stage_format(name, sizeof(name), "%.*s", (int)len, entry) !=
			STAGE_OK ||
		stage_io_join(path, sizeof(path), self->services, entry, err) !=
			STAGE_OK) {
		return STAGE_OK;
	}
	status = stage_carxp_names_add(
		&self->there, STAGE_CARXP_SERVICE, name, name);
	if (status == STAGE_OK) {
		status = list_rack(self, name, path);
	}
	return status == STAGE_OK ? STAGE_OK
				  : stage_err_set(err, status, "out of memory");
}

static enum stage_status
list_there(struct import *self, struct stage_err *err)
{
	struct stage_strv names = {0};
	enum stage_status status = STAGE_OK;

	if (self->services == NULL) {
		return STAGE_OK;
	}
	status = stage_io_list_dir(self->services, &names, err);
	for (size_t i = 0; status == STAGE_OK && i < names.count; i++) {
		status = list_service(self, names.items[i], err);
	}
	stage_strv_finish(&names);
	return status;
}

static enum stage_status
import(struct import *self, struct stage_err *err)
{
	struct stage_carxp project = {0};
	struct stage_str text = {0};
	enum stage_status status = stage_io_read_file(
		self->file, STAGE_CARXP_BYTES_MAX, &text, err);

	if (status == STAGE_OK) {
		status = stage_carxp_parse(stage_str_text(&text), text.len,
			self->file, &project, err);
	}
	stage_str_finish(&text);
	if (status != STAGE_OK) {
		return status;
	}
	status = list_there(self, err);
	if (status == STAGE_OK) {
		status = stage_rack_host_init(&self->host, "", NULL, err);
	}
	if (status == STAGE_OK) {
		status = make(self, &project, err);
		stage_rack_plugin_destroy(self->plugin);
		stage_rack_host_finish(&self->host);
	}
	stage_carxp_finish(&project);
	stage_carxp_names_finish(&self->there);
	return status;
}

static int
read_way(int argc, char **argv, enum stage_carxp_way *way)
{
	*way = STAGE_CARXP_BY_NAMES;
	if (argc > 2 && strcmp(argv[2], "--apart") == 0) {
		*way = STAGE_CARXP_APART;
	} else if (argc > 2 && strcmp(argv[2], "--series") == 0) {
		*way = STAGE_CARXP_SERIES;
	}
	return *way == STAGE_CARXP_BY_NAMES ? 2 : 3;
}

int
stage_rack_import_main(int argc, char **argv)
{
	struct import self = {.plugin = NULL};
	struct stage_err err = STAGE_ERR_INIT;
	int at;

	if (argc < 2 || strcmp(argv[1], "--import") != 0) {
		return -1;
	}
	stage_log_init("stagecraft-rack", STAGE_LOG_INFO);
	at = read_way(argc, argv, &self.way);
	if (argc != at + 3 && argc != at + 4) {
		stage_log_err("it is --import [--apart|--series] FILE NAME "
			      "DIR [SERVICES]");
		return STAGE_EXIT_PERMANENT;
	}
	self.file = argv[at];
	self.name = argv[at + 1];
	self.directory = argv[at + 2];
	self.services = argc > at + 3 ? argv[at + 3] : NULL;
	if (import(&self, &err) != STAGE_OK) {
		stage_log_err("%s", err.text);
		return stage_exit_code(err.status);
	}
	return STAGE_EXIT_OK;
}
