/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/desired.h"

#include <stdlib.h>
#include <string.h>

#include "patchbay/desired_private.h"

static const char *const layer_names[STAGE_LAYER_COUNT] = {
	"forbid", "song", "set", "global", "rules", "ringing"};

// A file while it is taken in.
struct reading {
	struct stage_desired *self;
	const char *file; // owned by self
	enum stage_layer layer;
	bool has_mode;
	enum stage_patch_mode mode;
	struct stage_err *err;
};

static bool
copy_at(char **out, enum stage_patch_system system, const char *name,
	enum stage_identity_rank rank, bool is_pipewire)
{
	size_t size = strlen(name) + 1;

	*out = malloc(size);
	return *out != NULL && stage_identity_name(system, name, rank,
				       is_pipewire, *out, size) == STAGE_OK;
}

static void
free_endpoint(struct stage_endpoint *self)
{
	stage_bag_finish(&self->from);
	stage_bag_finish(&self->to);
	free(self->name);
	free(self->plain);
	free(self->instance);
	free(self);
}

static struct stage_endpoint *
create_endpoint(const struct stage_desired *self,
	enum stage_patch_system system, bool is_output, const char *name)
{
	struct stage_endpoint *made = calloc(1, sizeof(*made));

	if (made == NULL) {
		return NULL;
	}
	made->system = system;
	made->space = stage_graph_space(system, is_output);
	if (!copy_at(&made->name, system, name, STAGE_IDENTITY_EXACT, false) ||
		!copy_at(&made->plain, system, name, STAGE_IDENTITY_PLAIN,
			self->is_pipewire) ||
		!copy_at(&made->instance, system, name, STAGE_IDENTITY_INSTANCE,
			self->is_pipewire)) {
		free_endpoint(made);
		return NULL;
	}
	return made;
}

// The endpoint of a name, made when nobody has named it yet.
static struct stage_endpoint *
endpoint_of(struct stage_desired *self, enum stage_patch_system system,
	bool is_output, const char *name)
{
	struct stage_map **by =
		self->endpoints[stage_graph_space(system, is_output)];
	struct stage_bag *exact = stage_bag_of(by[STAGE_IDENTITY_EXACT], name);
	struct stage_endpoint *made;
	struct stage_bag *plain;
	struct stage_bag *instance;

	if (exact == NULL || exact->count > 0) {
		return exact != NULL ? exact->items[0] : NULL;
	}
	made = create_endpoint(self, system, is_output, name);
	if (made == NULL || stage_bag_add(exact, made) != STAGE_OK) {
		if (made != NULL) {
			free_endpoint(made);
		}
		return NULL;
	}
	plain = stage_bag_of(by[STAGE_IDENTITY_PLAIN], made->plain);
	instance = stage_bag_of(by[STAGE_IDENTITY_INSTANCE], made->instance);
	return plain != NULL && instance != NULL &&
			       stage_bag_add(plain, made) == STAGE_OK &&
			       stage_bag_add(instance, made) == STAGE_OK
		       ? made
		       : NULL;
}

static struct stage_edge *
add_edge(struct stage_desired *self, struct stage_endpoint *from,
	struct stage_endpoint *to)
{
	struct stage_edge *edge = calloc(1, sizeof(*edge));

	if (edge == NULL || stage_bag_add(&self->edges, edge) != STAGE_OK) {
		free(edge);
		return NULL;
	}
	edge->from = from;
	edge->to = to;
	return stage_bag_add(&from->from, edge) == STAGE_OK &&
			       stage_bag_add(&to->to, edge) == STAGE_OK
		       ? edge
		       : NULL;
}

static struct stage_reason
reason_of(const struct reading *reading,
	const struct stage_patch_statement *statement, enum stage_layer layer)
{
	return (struct stage_reason){
		.is_said = true,
		.policy = statement->policy,
		.layer = layer,
		.file = reading->file,
		.line = statement->line,
		.since_s = statement->since_s,
		.how = statement->how,
		.has_mode = reading->has_mode,
		.mode = reading->mode,
	};
}

// A statement about two names. What a higher layer said before stays.
static enum stage_status
read_edge(
	struct reading *reading, const struct stage_patch_statement *statement)
{
	struct stage_desired *self = reading->self;
	struct stage_endpoint *from = endpoint_of(
		self, statement->system, true, statement->from.text);
	struct stage_endpoint *to =
		endpoint_of(self, statement->system, false, statement->to.text);
	struct stage_edge *edge;

	if (from == NULL || to == NULL) {
		return STAGE_NO_MEMORY;
	}
	edge = stage_edge_find(from, to);
	if (edge == NULL) {
		edge = add_edge(self, from, to);
	}
	if (edge == NULL) {
		return STAGE_NO_MEMORY;
	}
	if (!edge->reason.is_said || edge->reason.layer >= reading->layer) {
		edge->reason = reason_of(reading, statement, reading->layer);
		edge->order = ++self->said;
	}
	return STAGE_OK;
}

static void
finish_side(struct stage_rule_side *self)
{
	stage_pattern_destroy(self->pattern);
	free(self->plain);
}

static void
free_rule(struct stage_rule *self)
{
	finish_side(&self->from);
	finish_side(&self->to);
	finish_side(&self->except);
	free(self);
}

static enum stage_status
compile_side(const struct stage_desired *self, enum stage_patch_system system,
	const struct stage_patch_end *end, const struct stage_pattern *from,
	struct stage_rule_side *out, struct stage_err *err)
{
	enum stage_status status =
		stage_pattern_create(end, from, &out->pattern, err);
	const char *name =
		status == STAGE_OK ? stage_pattern_literal(out->pattern) : NULL;

	return name == NULL || copy_at(&out->plain, system, name,
				       STAGE_IDENTITY_PLAIN, self->is_pipewire)
		       ? status
		       : STAGE_NO_MEMORY;
}

static enum stage_status
compile(const struct stage_desired *self, struct stage_rule *rule,
	const struct stage_patch_statement *statement, struct stage_err *err)
{
	enum stage_status status = compile_side(
		self, rule->system, &statement->from, NULL, &rule->from, err);

	if (status == STAGE_OK) {
		status = compile_side(self, rule->system, &statement->to,
			rule->from.pattern, &rule->to, err);
	}
	if (status == STAGE_OK && statement->except.text != NULL) {
		status = compile_side(self, rule->system, &statement->except,
			NULL, &rule->except, err);
	}
	return status;
}

static enum stage_layer
rule_layer(enum stage_layer layer, bool is_forbid)
{
	if (is_forbid) {
		return STAGE_LAYER_FORBID;
	}
	return layer == STAGE_LAYER_RINGING ? layer : STAGE_LAYER_RULES;
}

static enum stage_status
read_rule(
	struct reading *reading, const struct stage_patch_statement *statement)
{
	bool is_forbid = statement->policy == STAGE_PATCH_FORBID;
	struct stage_desired *self = reading->self;
	struct stage_rule *rule = calloc(1, sizeof(*rule));
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status;

	if (rule == NULL) {
		return STAGE_NO_MEMORY;
	}
	rule->system = statement->system;
	rule->reason = reason_of(
		reading, statement, rule_layer(reading->layer, is_forbid));
	status = compile(self, rule, statement, &why);
	if (status == STAGE_OK) {
		status = stage_bag_add(
			is_forbid ? &self->forbids : &self->rules, rule);
	}
	if (status != STAGE_OK) {
		free_rule(rule);
	}
	if (why.status != STAGE_OK) {
		stage_err_set(reading->err, status, "%s:%u: %s", reading->file,
			statement->line, why.text);
	}
	self->has_also =
		self->has_also || statement->policy == STAGE_PATCH_ALSO;
	return status;
}

// A `not` with a pattern is one too: it masks rules, as a later line does.
static bool
is_rule(const struct stage_patch_statement *statement)
{
	return statement->policy == STAGE_PATCH_FORBID ||
	       statement->policy == STAGE_PATCH_ALSO ||
	       !stage_patch_statement_is_pair(statement);
}

static enum stage_status
read_client_mode(
	struct stage_desired *self, const struct stage_patch_mode_line *line)
{
	struct stage_client_mode *mode = calloc(1, sizeof(*mode));

	if (mode != NULL) {
		mode->mode = line->mode;
		mode->client = strdup(line->client);
	}
	if (mode == NULL || mode->client == NULL ||
		stage_bag_add(&self->clients, mode) != STAGE_OK) {
		if (mode != NULL) {
			free(mode->client);
		}
		free(mode);
		return STAGE_NO_MEMORY;
	}
	return STAGE_OK;
}

static enum stage_status
read_modes(struct reading *reading, const struct stage_patch_list *list)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < list->mode_count && status == STAGE_OK; i++) {
		if (list->modes[i].client != NULL) {
			status = read_client_mode(
				reading->self, &list->modes[i]);
		} else {
			reading->has_mode = true;
			reading->mode = list->modes[i].mode;
		}
	}
	return status;
}

static enum stage_status
read_file(struct stage_desired *self, const struct stage_desired_file *file,
	struct stage_err *err)
{
	struct reading reading = {
		.self = self, .layer = file->layer, .err = err};
	const struct stage_patch_list *list = file->list;
	enum stage_status status = stage_strv_add(&self->files, file->name);

	if (status == STAGE_OK) {
		reading.file = self->files.items[self->files.count - 1];
		status = read_modes(&reading, list);
	}
	for (size_t i = 0; i < list->count && status == STAGE_OK; i++) {
		status = is_rule(&list->items[i])
				 ? read_rule(&reading, &list->items[i])
				 : read_edge(&reading, &list->items[i]);
	}
	return status;
}

static enum stage_status
create_maps(struct stage_desired *self)
{
	for (int space = 0; space < STAGE_GRAPH_SPACE_COUNT; space++) {
		for (int rank = 0; rank < STAGE_IDENTITY_RANK_COUNT; rank++) {
			self->endpoints[space][rank] =
				stage_map_create(stage_bag_destroy);
			self->ports_by[space][rank] =
				stage_map_create(stage_bag_destroy);
			if (self->endpoints[space][rank] == NULL ||
				self->ports_by[space][rank] == NULL) {
				return STAGE_NO_MEMORY;
			}
		}
	}
	return STAGE_OK;
}

enum stage_status
stage_desired_create(const struct stage_desired_file *files, size_t count,
	bool is_pipewire, struct stage_desired **out, struct stage_err *err)
{
	struct stage_desired *self = calloc(1, sizeof(*self));
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status = STAGE_NO_MEMORY;

	*out = NULL;
	if (self != NULL) {
		self->is_pipewire = is_pipewire;
		status = create_maps(self);
	}
	for (size_t i = 0; i < count && status == STAGE_OK; i++) {
		status = read_file(self, &files[i], &why);
	}
	if (status != STAGE_OK) {
		stage_desired_destroy(self);
		return stage_err_set(err, status, "%s",
			why.status != STAGE_OK ? why.text : "out of memory");
	}
	*out = self;
	return STAGE_OK;
}

static void
ignore_touch(void *user, struct stage_graph_port *port)
{
	(void)user;
	(void)port;
}

static void
free_endpoints(struct stage_map *exact)
{
	const struct stage_map_item *item =
		exact != NULL ? stage_map_first(exact) : NULL;

	for (; item != NULL; item = stage_map_next(item)) {
		struct stage_bag *bag = stage_map_item_value(item);
		if (bag->count > 0) {
			free_endpoint(bag->items[0]);
		}
	}
}

static void
free_rules(struct stage_bag *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		free_rule(rules->items[i]);
	}
	stage_bag_finish(rules);
}

void
stage_desired_destroy(struct stage_desired *self)
{
	if (self == NULL) {
		return;
	}
	while (self->ports.count > 0) {
		stage_desired_remove_port(self,
			self->ports.items[self->ports.count - 1], ignore_touch,
			NULL);
	}
	for (int space = 0; space < STAGE_GRAPH_SPACE_COUNT; space++) {
		free_endpoints(self->endpoints[space][STAGE_IDENTITY_EXACT]);
		for (int rank = 0; rank < STAGE_IDENTITY_RANK_COUNT; rank++) {
			stage_map_destroy(self->endpoints[space][rank]);
			stage_map_destroy(self->ports_by[space][rank]);
		}
	}
	for (size_t i = 0; i < self->edges.count; i++) {
		free(self->edges.items[i]);
	}
	for (size_t i = 0; i < self->clients.count; i++) {
		struct stage_client_mode *mode = self->clients.items[i];
		free(mode->client);
		free(mode);
	}
	free_rules(&self->rules);
	free_rules(&self->forbids);
	stage_bag_finish(&self->edges);
	stage_bag_finish(&self->clients);
	stage_bag_finish(&self->ports);
	stage_strv_finish(&self->files);
	free(self);
}

const char *
stage_layer_name(enum stage_layer layer)
{
	return (unsigned)layer < STAGE_LAYER_COUNT ? layer_names[layer]
						   : "unknown";
}
