/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>
#include <unistd.h>

#include "rpc/server_private.h"

// {epoch, seq, state}: the state as of that sequence number.
static enum stage_status
make_snapshot(const struct stage_rpc_server *server, json_t **result,
	struct stage_err *err)
{
	json_t *state = server->config.state != NULL
				? server->config.state(server->config.ctx)
				: json_object();

	if (state != NULL) {
		*result = json_pack("{s:s, s:I, s:o}", "epoch", server->epoch,
			"seq", (json_int_t)server->seq, "state", state);
	}
	if (*result == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY,
			"unable to describe the state of %s: out of memory",
			server->config.name);
	}
	return STAGE_OK;
}

static enum stage_status
run_state(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)ctx;
	(void)args;
	return make_snapshot(call->conn->server, result, err);
}

static bool
is_topic(const struct stage_rpc_server *server, const char *topic)
{
	const char *const *known = server->config.topics;

	for (; known != NULL && *known != NULL; known++) {
		if (strcmp(*known, topic) == 0) {
			return true;
		}
	}
	return server->config.topics == NULL;
}

static enum stage_status
refuse_topic(const struct stage_rpc_server *server, const char *topic,
	struct stage_err *err)
{
	struct stage_str names = {0};
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; server->config.topics[i] != NULL; i++) {
		if (status == STAGE_OK) {
			status = stage_str_addf(&names, "%s%s",
				i > 0 ? ", " : "", server->config.topics[i]);
		}
	}
	status = stage_err_set(err, STAGE_BAD_INPUT,
		"%s has no topic \"%s\", its topics are: %s",
		server->config.name, topic, stage_str_text(&names));
	stage_str_finish(&names);
	return status;
}

static enum stage_status
read_topics(const struct stage_rpc_server *server, const json_t *list,
	struct stage_strv *topics, struct stage_err *err)
{
	if (json_array_size(list) > STAGE_RPC_TOPICS_MAX) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"%d topics are the most that subscribe takes, leave "
			"them out for all",
			STAGE_RPC_TOPICS_MAX);
	}
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *topic = json_string_value(json_array_get(list, i));
		if (!is_topic(server, topic)) {
			return refuse_topic(server, topic, err);
		}
		if (stage_strv_add(topics, topic) != STAGE_OK) {
			return stage_err_set(err, STAGE_NO_MEMORY,
				"unable to subscribe: out of memory");
		}
	}
	return STAGE_OK;
}

// The snapshot replaces all that was not sent yet, so a client that was behind
// is not any more.
static enum stage_status
run_subscribe(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	struct stage_rpc_conn *conn = call->conn;
	struct stage_strv topics = {0};
	enum stage_status status;

	(void)ctx;
	status = read_topics(
		conn->server, json_object_get(args, "topics"), &topics, err);
	if (status == STAGE_OK) {
		status = make_snapshot(conn->server, result, err);
	}
	if (status != STAGE_OK) {
		stage_strv_finish(&topics);
		return status;
	}
	stage_strv_finish(&conn->topics);
	conn->topics = topics;
	conn->is_subscribed = true;
	(void)stage_rpc_queue_drop_events(&conn->output);
	(void)stage_rpc_queue_resume(&conn->output);
	return STAGE_OK;
}

static enum stage_status
run_unsubscribe(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	(void)ctx;
	(void)args;
	(void)result;
	(void)err;
	call->conn->is_subscribed = false;
	stage_strv_finish(&call->conn->topics);
	(void)stage_rpc_queue_drop_events(&call->conn->output);
	(void)stage_rpc_queue_resume(&call->conn->output);
	return STAGE_OK;
}

static json_t *
list_topics(const struct stage_rpc_server *server)
{
	json_t *list;

	if (server->config.topics == NULL) {
		return json_null();
	}
	list = json_array();
	for (size_t i = 0; server->config.topics[i] != NULL; i++) {
		if (json_array_append_new(
			    list, json_string(server->config.topics[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *
list_verbs(const struct stage_rpc_server *server)
{
	json_t *own = stage_verbs_describe(server->config.verbs);
	json_t *list = stage_verbs_describe(stage_rpc_builtin_verbs);

	if (own == NULL || list == NULL || json_array_extend(list, own) != 0) {
		json_decref(list);
		list = NULL;
	}
	json_decref(own);
	return list;
}

static enum stage_status
run_verbs(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	const struct stage_rpc_server *server = call->conn->server;
	json_t *topics = list_topics(server);
	json_t *verbs = topics != NULL ? list_verbs(server) : NULL;

	(void)ctx;
	(void)args;
	if (verbs == NULL) {
		json_decref(topics);
	} else {
		*result = json_pack("{s:s, s:o, s:o}", "name",
			server->config.name, "verbs", verbs, "topics", topics);
	}
	if (*result == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY,
			"unable to list the verbs of %s: out of memory",
			server->config.name);
	}
	return STAGE_OK;
}

static enum stage_status
run_ping(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	const struct stage_rpc_server *server = call->conn->server;

	(void)ctx;
	(void)args;
	*result = json_pack("{s:s, s:I, s:s, s:I}", "name", server->config.name,
		"pid", (json_int_t)getpid(), "epoch", server->epoch, "seq",
		(json_int_t)server->seq);
	if (*result == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY,
			"unable to answer: out of memory");
	}
	return STAGE_OK;
}

static const struct stage_verb_arg subscribe_args[] = {
	{"topics", STAGE_ARG_TEXTS, STAGE_ARG_OPTIONAL,
		"which events, all when left out"},
	STAGE_ARGS_END,
};

static const struct stage_verb verb_state = {
	.name = "state",
	.help = "Tells the whole state, with epoch and sequence number",
	.deed = STAGE_DEED_LOOKS,
	.handler = run_state,
};

static const struct stage_verb verb_subscribe = {
	.name = "subscribe",
	.args = subscribe_args,
	.help = "Tells the whole state, then each event as it happens",
	.deed = STAGE_DEED_LISTENS,
	.handler = run_subscribe,
};

static const struct stage_verb verb_unsubscribe = {
	.name = "unsubscribe",
	.help = "Ends what subscribe began",
	.deed = STAGE_DEED_LISTENS,
	.handler = run_unsubscribe,
};

static const struct stage_verb verb_verbs = {
	.name = "verbs",
	.help = "Lists all verbs with their arguments, and all topics",
	.deed = STAGE_DEED_LOOKS,
	.handler = run_verbs,
};

static const struct stage_verb verb_ping = {
	.name = "ping",
	.help = "Answers at once with name, process id and epoch",
	.deed = STAGE_DEED_LOOKS,
	.handler = run_ping,
};

const struct stage_verb *const stage_rpc_builtin_verbs[] = {
	&verb_state,
	&verb_subscribe,
	&verb_unsubscribe,
	&verb_verbs,
	&verb_ping,
	NULL,
};
