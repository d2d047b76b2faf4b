/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // memmem

#include <math.h>
#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "show/songconf.h"

#define OTHER "nNotInAnyInput" // a client's name that a file must not have

static void
check_cue(const struct stage_show_cue *cue)
{
	FUZZ_CHECK((unsigned)cue->when < STAGE_SHOW_WHEN_COUNT);
	FUZZ_CHECK(cue->line > 0);
	switch (cue->kind) {
	case STAGE_SHOW_CUE_OSC:
		FUZZ_CHECK(cue->host != NULL && cue->host[0] != '\0');
		FUZZ_CHECK(cue->port != 0 && cue->target[0] == '/');
		break;
	case STAGE_SHOW_CUE_MIDI:
		FUZZ_CHECK(cue->len > 0 && cue->len <= sizeof(cue->bytes));
		FUZZ_CHECK(cue->bytes[0] >= 0x80);
		break;
	case STAGE_SHOW_CUE_HTTP:
		FUZZ_CHECK(cue->host != NULL && cue->host[0] != '\0');
		FUZZ_CHECK(cue->port != 0 && cue->target[0] == '/');
		fuzz_check_text(cue->target, strlen(cue->target));
		FUZZ_CHECK(cue->body != NULL);
		break;
	case STAGE_SHOW_CUE_QLC:
		FUZZ_CHECK(cue->target[0] != '\0');
		fuzz_check_text(cue->target, strlen(cue->target));
		break;
	case STAGE_SHOW_CUE_KIND_COUNT:
		FUZZ_CHECK(false);
	}
	for (size_t i = 0; i < cue->arg_count; i++) {
		FUZZ_CHECK(strchr("ifsTF", cue->args[i].type) != NULL);
		FUZZ_CHECK((cue->args[i].text != NULL) ==
			   (cue->args[i].type == 's'));
		FUZZ_CHECK(isfinite(cue->args[i].value));
	}
}

static void
check_clients(const struct stage_show_song_conf *conf)
{
	for (size_t i = 0; i < conf->client_count; i++) {
		const struct stage_show_client_conf *client = &conf->clients[i];
		FUZZ_CHECK(stage_show_id_ok(client->id));
		FUZZ_CHECK(client->restarts >= STAGE_SHOW_RESTART_ALWAYS);
		FUZZ_CHECK(stage_show_song_conf_client(conf, client->id) ==
			   client);
	}
	for (size_t i = 0; i < conf->run_count; i++) {
		FUZZ_CHECK(stage_show_id_ok(conf->runs[i].name));
		FUZZ_CHECK(conf->runs[i].argv[0][0] != '\0');
	}
}

static void
check_conf(const struct stage_show_song_conf *conf)
{
	fuzz_check_text(conf->title, strlen(conf->title));
	FUZZ_CHECK(conf->tempo_bpm == 0 ||
		   (conf->tempo_bpm >= 10 && conf->tempo_bpm <= 1000));
	FUZZ_CHECK((conf->beats == 0) == (conf->beat_type == 0));
	FUZZ_CHECK(conf->tail_ns >= STAGE_SHOW_UNSAID);
	FUZZ_CHECK(conf->program >= STAGE_SHOW_UNSAID && conf->program <= 127);
	FUZZ_CHECK(strstr(conf->notes_file, "..") != conf->notes_file);
	FUZZ_CHECK(conf->lyrics_file[0] != '/');
	FUZZ_CHECK(conf->complaint_count >= conf->complaints.count);
	for (size_t i = 0; i < conf->complaints.count; i++) {
		fuzz_check_text(conf->complaints.items[i],
			strlen(conf->complaints.items[i]));
		FUZZ_CHECK(strncmp(conf->complaints.items[i], "f:", 2) == 0);
	}
	for (size_t i = 0; i < conf->cue_count; i++) {
		check_cue(&conf->cues[i]);
	}
	check_clients(conf);
}

// A client that is renamed to itself changes no byte; to another one and back,
// neither, where that one was not there.
static void
check_rename(const char *text, size_t len)
{
	struct stage_str there = {0};
	struct stage_str back = {0};

	FUZZ_CHECK(stage_show_song_conf_rename_client(
			   text, len, "nA", "nA", &there) == STAGE_OK);
	FUZZ_CHECK(there.len == len);
	FUZZ_CHECK(memcmp(stage_str_text(&there), text, len) == 0);
	stage_str_clear(&there);
	FUZZ_CHECK(stage_show_song_conf_rename_client(
			   text, len, "nA", OTHER, &there) == STAGE_OK);
	FUZZ_CHECK(stage_show_song_conf_rename_client(stage_str_text(&there),
			   there.len, OTHER, "nA", &back) == STAGE_OK);
	FUZZ_CHECK(back.len == len);
	FUZZ_CHECK(memcmp(stage_str_text(&back), text, len) == 0);
	stage_str_finish(&there);
	stage_str_finish(&back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_show_song_conf conf;
	char *text = fuzz_copy(data, size);

	FUZZ_CHECK(
		stage_show_song_conf_parse(&conf, text, size, "f") == STAGE_OK);
	check_conf(&conf);
	if (memmem(text, size, OTHER, strlen(OTHER)) == NULL) {
		check_rename(text, size);
	}
	stage_show_song_conf_finish(&conf);
	free(text);
	return 0;
}
