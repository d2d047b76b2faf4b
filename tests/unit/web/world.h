/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The page's server, a show manager that does what a test says, and those who
 * ask, all in one loop and one thread.
 *
 * There is no fence around it (sandbox.c), and its page is one of the test's.
 * Failures fail the cmocka test. The loop turns while something is waited for.
 */

#ifndef STAGE_TESTS_WEB_WORLD_H
#define STAGE_TESTS_WEB_WORLD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "rpc/server.h"
#include "scratch.h"
#include "web/daemon.h"
#include "web/daemon_private.h"

#define TOKEN_MAX 65

struct world {
	uv_loop_t loop;
	struct scratch scratch;
	struct stage_rig rig;
	struct stage_web_daemon *web;
	struct stage_rpc_server *show; // NULL: it does not run
	struct stage_rpc_reply *later; // of the verb "slow"
	char song[32];                 // that plays
	unsigned plays;                // how often "next" came
	const char *big;               // what the state has, too; NULL: nothing
};

/** A world with a rig.conf; the page is up, the show is not. */
void world_init(struct world *self, const char *conf);

/** Ends all, and checks that nothing is left in the loop. */
void world_finish(struct world *self);

/** Ends the page, and serves it anew. */
void world_end_web(struct world *self);
void world_start_web(struct world *self);

/** The show comes, and the page knows it; or it goes. */
void world_start_show(struct world *self);
void world_end_show(struct world *self);

void world_turn_until(struct world *self, bool (*done)(void *user), void *user);

/** Somebody connected to the page. */
struct caller {
	struct world *world;
	int fd;
	char *bytes; // that came, ended by a zero
	size_t len, size;
	bool has_ended;
};

void caller_init(struct caller *self, struct world *world);
void caller_finish(struct caller *self);

/** Says it; the server may hang up meanwhile. */
void caller_say(struct caller *self, const char *text);
void caller_say_bytes(struct caller *self, const char *bytes, size_t len);

/** Reads until a text has come; fails the test when it ends before. */
void caller_await(struct caller *self, const char *text);

/** Reads until the server hangs up. */
void caller_await_end(struct caller *self);

/** Reads one whole answer and takes it out; gives its code. *body: NULL or to
 * be freed. */
unsigned caller_answer(struct caller *self, char **head, char **body);

struct asked {
	const char *method; // NULL: GET
	const char *path;
	const char *token;   // of a program; NULL: none
	const char *headers; // further lines, each with its end; NULL: none
	const char *body;    // NULL: none
};

/** One request by a connection of its own; gives the code. *body as above. */
unsigned world_ask(struct world *self, const struct asked *what, char **body);

/** The same, when only the code matters, and a body that must have a part. */
unsigned world_code(struct world *self, const char *method, const char *path,
	const char *token);
void world_expect(struct world *self, const struct asked *what, unsigned code,
	const char *part);

/** Pairs a device as somebody would who has read the code. */
void world_pair(
	struct world *self, enum stage_web_role role, char token[TOKEN_MAX]);

/** Sends a request and leaves it. */
void caller_ask(struct caller *self, const struct asked *what);

#endif
