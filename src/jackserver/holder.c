/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/holder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/str.h"
#include "jack/names.h"

#define FILE_MAX_BYTES 65536

static bool
read_file(const char *path, struct stage_str *out)
{
	stage_str_clear(out);
	return stage_io_read_file(path, FILE_MAX_BYTES, out, NULL) == STAGE_OK;
}

// The number behind "NAME: " in a text of such lines; 0: it is not there.
static long
number_of(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	at = at != NULL ? strchr(at, ':') : NULL;
	return at != NULL ? strtol(at + 1, NULL, 10) : 0;
}

// The thread that opened it may be any of a process.
static void
name_process(const char *proc, long tid, struct stage_holder *out)
{
	char path[STAGE_PATH_MAX];
	struct stage_str text = {0};
	long pid = 0;

	if (stage_format(path, sizeof(path), "%s/%ld/status", proc, tid) ==
			STAGE_OK &&
		read_file(path, &text)) {
		pid = number_of(stage_str_text(&text), "Tgid");
	}
	out->pid = (pid_t)(pid > 0 ? pid : tid);
	out->program[0] = '\0';
	if (stage_format(path, sizeof(path), "%s/%ld/comm", proc,
		    (long)out->pid) == STAGE_OK &&
		read_file(path, &text)) {
		const char *name = stage_str_text(&text);
		stage_str_cut(&text, strcspn(name, "\n"));
		stage_jack_copy_text(out->program, sizeof(out->program),
			stage_str_text(&text));
	}
	stage_str_finish(&text);
}

// A part of a PCM of the card, "pcm0p": has it an owner?
static bool
look_at_pcm(const char *proc, const char *card, const char *pcm,
	struct stage_holder *out)
{
	struct stage_strv subs = {0};
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];
	long owner = 0;

	if (stage_format(path, sizeof(path), "%s/%s", card, pcm) == STAGE_OK &&
		stage_io_list_dir(path, &subs, NULL) == STAGE_OK) {
		for (size_t i = 0; i < subs.count && owner <= 0; i++) {
			if (stage_starts_with(subs.items[i], "sub") &&
				stage_format(path, sizeof(path),
					"%s/%s/%s/status", card, pcm,
					subs.items[i]) == STAGE_OK &&
				read_file(path, &text)) {
				owner = number_of(
					stage_str_text(&text), "owner_pid");
			}
		}
	}
	stage_str_finish(&text);
	stage_strv_finish(&subs);
	if (owner > 0) {
		name_process(proc, owner, out);
	}
	return owner > 0;
}

bool
stage_holder_find(const char *proc, int card, struct stage_holder *out)
{
	struct stage_strv pcms = {0};
	char path[STAGE_PATH_MAX];
	bool is_found = false;

	if (stage_format(path, sizeof(path), "%s/asound/card%d", proc, card) ==
			STAGE_OK &&
		stage_io_list_dir(path, &pcms, NULL) == STAGE_OK) {
		for (size_t i = 0; i < pcms.count && !is_found; i++) {
			is_found = stage_starts_with(pcms.items[i], "pcm") &&
				   look_at_pcm(proc, path, pcms.items[i], out);
		}
	}
	stage_strv_finish(&pcms);
	return is_found;
}
