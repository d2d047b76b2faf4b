/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "seq/holder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"

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
		snprintf(out->program, sizeof(out->program), "%.63s",
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

// "Owner PID" in the first part of that direction that has one; 0: none has.
static long
midi_owner(const char *text, bool is_output)
{
	bool is_ours = false;

	for (const char *line = text; line != NULL && *line != '\0';) {
		const char *end = strchr(line, '\n');
		if (stage_starts_with(line, "Output ") ||
			stage_starts_with(line, "Input ")) {
			is_ours = is_output == (line[0] == 'O');
		} else if (is_ours && stage_starts_with(line, "  Owner PID")) {
			return number_of(line, "Owner PID");
		}
		line = end != NULL ? end + 1 : NULL;
	}
	return 0;
}

static bool
is_midi(const char *name)
{
	return stage_starts_with(name, "midi") && name[4] >= '0' &&
	       name[4] <= '9';
}

bool
stage_holder_find_midi(
	const char *proc, int card, bool is_output, struct stage_holder *out)
{
	struct stage_strv names = {0};
	struct stage_str text = {0};
	char dir[STAGE_PATH_MAX];
	char path[STAGE_PATH_MAX];
	bool is_found = false;

	if (stage_format(dir, sizeof(dir), "%s/asound/card%d", proc, card) ==
			STAGE_OK &&
		stage_io_list_dir(dir, &names, NULL) == STAGE_OK) {
		for (size_t i = 0; i < names.count && !is_found; i++) {
			long owner = 0;
			if (is_midi(names.items[i]) &&
				stage_format(path, sizeof(path), "%s/%s", dir,
					names.items[i]) == STAGE_OK &&
				read_file(path, &text)) {
				owner = midi_owner(
					stage_str_text(&text), is_output);
			}
			if (owner > 0) {
				name_process(proc, owner, out);
			}
			is_found = owner > 0 && out->pid != getpid();
		}
	}
	stage_str_finish(&text);
	stage_strv_finish(&names);
	return is_found;
}
