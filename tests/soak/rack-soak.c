/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Loads each LV2 plug-in there is into a rack of its own, plays it, turns its
 * knobs, saves, is killed, loses all that was only in memory, and looks whether
 * the next rack has it back. Each plug-in has two processes, so one that
 * crashes is one that crashed.
 *
 *   rack-soak [-b BLOCKS] [-k FILE] [-l PLACE] [-p PERIOD] [-t SECONDS]
 * [WHAT...]
 *
 * WHAT is a plug-in's URI or the directory of a bundle; without it all that
 * LV2_PATH has. A line for each that fails, then how many there were, and how
 * many came past each step. -b: blocks of sound, 400; -p: their length, 128;
 * -t: the processor's time for each process, 60 s; -l PLACE: the directory to
 * work in. -k FILE: plug-ins that are known to fail, "URI WORDS" a line: why.
 * They do not count as failed; one of them that does not fail is told.
 *
 * Exit: 0 when nothing failed that is not known to, 1 otherwise, 100.
 */

#define _DEFAULT_SOURCE // MAP_ANONYMOUS

#include <errno.h>
#include <getopt.h>
#include <lilv/lilv.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/map.h"
#include "base/num.h"
#include "base/str.h"
#include "play.h"
#include "rack/chain.h"

#define SECONDS 60
#define OVERTIME 4 // times as much by the clock: it may wait, or be waited for

struct plugin {
	char *uri;
	char *bundle;
};

struct soak {
	struct play play;
	char place[PLAY_PATH_MAX];
	int64_t seconds;
	struct plugin *plugins; // [count]
	size_t count;
	struct stage_map *known; // why, by URI
	size_t failed, expected, guarded, ok, ends;
	size_t loaded, played, saved, killed, restored, compared;
};

_Noreturn static void
die(const char *what)
{
	stage_log_err_errno("unable to %s", what);
	exit(100);
}

// Plug-ins.

static int
by_uri(const void *a, const void *b)
{
	return strcmp(((const struct plugin *)a)->uri,
		((const struct plugin *)b)->uri);
}

static void
list_plugins(struct soak *soak)
{
	LilvWorld *world = lilv_world_new();
	const LilvPlugins *all;

	lilv_world_load_all(world);
	all = lilv_world_get_all_plugins(world);
	soak->plugins =
		calloc(lilv_plugins_size(all) + 1, sizeof(struct plugin));
	if (soak->plugins == NULL) {
		die("list the plug-ins");
	}
	LILV_FOREACH(plugins, i, all)
	{
		const LilvPlugin *plugin = lilv_plugins_get(all, i);
		struct plugin *out = &soak->plugins[soak->count++];
		out->uri =
			strdup(lilv_node_as_uri(lilv_plugin_get_uri(plugin)));
		out->bundle = lilv_file_uri_parse(
			lilv_node_as_uri(lilv_plugin_get_bundle_uri(plugin)),
			NULL);
	}
	qsort(soak->plugins, soak->count, sizeof(struct plugin), by_uri);
	lilv_world_free(world);
}

static void
free_plugins(struct soak *soak)
{
	for (size_t i = 0; i < soak->count; i++) {
		free(soak->plugins[i].uri);
		lilv_free(soak->plugins[i].bundle);
	}
	free(soak->plugins);
}

// Places.

static void
write_file(const char *directory, const char *name, const char *text)
{
	char path[STAGE_PATH_MAX];
	FILE *file;

	if (stage_io_join(path, sizeof(path), directory, name, NULL) !=
		STAGE_OK) {
		die("join two paths");
	}
	file = fopen(path, "w");
	if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0) {
		die("write a file");
	}
}

// A link to the bundle alone, where lilv looks: it need not read all others.
static void
offer_bundle(const char *place, const struct plugin *plugin)
{
	char directory[STAGE_PATH_MAX];
	char bundle[STAGE_PATH_MAX];
	char link[STAGE_PATH_MAX];

	if (stage_format(bundle, sizeof(bundle), "%s", plugin->bundle) !=
			STAGE_OK ||
		stage_io_join(directory, sizeof(directory), place, "lv2",
			NULL) != STAGE_OK ||
		stage_io_join(link, sizeof(link), directory, "it.lv2", NULL) !=
			STAGE_OK ||
		stage_io_make_dirs(directory, NULL) != STAGE_OK ||
		symlink(bundle, link) != 0) {
		die("offer a bundle");
	}
	setenv("LV2_PATH", directory, 1);
}

static void
remove_tree(const char *path)
{
	if (stage_io_remove_tree(path, NULL) != STAGE_OK) {
		die("remove a directory");
	}
}

// What a computer forgets that is switched off.
static void
remove_pages(const char *place)
{
	char path[STAGE_PATH_MAX];

	if (stage_io_join(path, sizeof(path), place, "pages", NULL) !=
		STAGE_OK) {
		die("name a directory");
	}
	remove_tree(path);
}

static void
make_place(const struct soak *soak, const struct plugin *plugin)
{
	char slot[STAGE_PATH_MAX];

	if (mkdir(soak->place, 0700) != 0 ||
		stage_format(slot, sizeof(slot), "plugin %s\n", plugin->uri) !=
			STAGE_OK) {
		die("make a directory");
	}
	write_file(soak->place, "rack", "");
	write_file(soak->place, "10-it.slot", slot);
	offer_bundle(soak->place, plugin);
}

// Processes.

static void
limit(const struct soak *soak)
{
	struct rlimit seconds = {(rlim_t)soak->seconds, (rlim_t)soak->seconds};
	struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CPU, &seconds);
	setrlimit(RLIMIT_CORE, &none);
	alarm((unsigned)(soak->seconds * OVERTIME));
}

// What plug-ins say on their own does not mix with ours.
static void
be_quiet(void)
{
	if (getenv("SOAK_VERBOSE") == NULL &&
		(freopen("/dev/null", "w", stdout) == NULL ||
			freopen("/dev/null", "w", stderr) == NULL)) {
		_exit(PLAY_BROKEN);
	}
}

static int
run_process(const struct soak *soak, void (*body)(const struct play *))
{
	int status = 0;
	pid_t pid;

	soak->play.seen->text[0] = '\0';
	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		die("fork");
	}
	if (pid == 0) {
		limit(soak);
		be_quiet();
		body(&soak->play);
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR) {
			die("wait for a process");
		}
	}
	return status;
}

// In words what was not as it should be; false when all was.
static bool
judge(const struct soak *soak, int status, bool is_killed, char *out)
{
	const struct play_seen *seen = soak->play.seen;
	const char *step = play_step_word(seen->step);
	int signum = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (seen->step == PLAY_DONE &&
		(is_killed ? signum == SIGKILL : status == 0)) {
		return false;
	}
	if (signum == SIGALRM || signum == SIGXCPU || signum == SIGKILL) {
		snprintf(out, PLAY_TEXT_MAX, "hangs: %s", step);
	} else if (signum != 0) {
		snprintf(out, PLAY_TEXT_MAX, "crashes by signal %d: %s", signum,
			step);
	} else if (seen->text[0] != '\0') {
		snprintf(out, PLAY_TEXT_MAX, "%s: %.900s", step, seen->text);
	} else {
		snprintf(out, PLAY_TEXT_MAX, "ends its process: %s", step);
	}
	return true;
}

// How far the process came that is killed, and the one that follows.
static void
count_first(struct soak *soak, bool has_failed)
{
	enum play_step step = soak->play.seen->step;

	soak->loaded += step > PLAY_LOAD;
	soak->played += step > PLAY_LENGTHS;
	soak->saved += step > PLAY_SAVE;
	soak->killed += !has_failed;
}

static void
count_again(struct soak *soak)
{
	enum play_step step = soak->play.seen->step;

	soak->restored += step > PLAY_LOAD;
	soak->compared += step > PLAY_COMPARE || step == PLAY_RUN;
}

static bool
try(struct soak *soak, const struct plugin *plugin, char *out)
{
	bool has_failed;

	make_place(soak, plugin);
	soak->play.uri = plugin->uri;
	memset(soak->play.seen, 0, sizeof(*soak->play.seen));
	has_failed = judge(soak, run_process(soak, play_first), true, out);
	count_first(soak, has_failed);
	if (!has_failed) {
		remove_pages(soak->place);
		has_failed =
			judge(soak, run_process(soak, play_again), false, out);
		count_again(soak);
	}
	// All that counts was well by then.
	if (has_failed && soak->play.seen->step == PLAY_END) {
		printf("ends    %s  %s\n", plugin->uri, out);
		soak->ends++;
		has_failed = false;
	}
	remove_tree(soak->place);
	return has_failed;
}

static void
count(struct soak *soak, const struct plugin *plugin)
{
	const char *why = soak->known != NULL
				  ? stage_map_get(soak->known, plugin->uri)
				  : NULL;
	char text[PLAY_TEXT_MAX];

	if (!try(soak, plugin, text)) {
		soak->ok++;
		soak->guarded += soak->play.seen->guarded > 0;
		if (why != NULL) {
			printf("passes  %s, which is known to fail\n",
				plugin->uri);
		}
		return;
	}
	if (why != NULL) {
		soak->expected++;
		printf("known   %s  %s (%s)\n", plugin->uri, text, why);
	} else {
		soak->failed++;
		printf("FAILED  %s  %s\n", plugin->uri, text);
	}
	fflush(stdout);
}

// Options.

static void
read_known(struct soak *soak, const char *path)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_str text = {0};
	char *text_of;
	char *at = NULL;

	soak->known = stage_map_create(free);
	if (soak->known == NULL ||
		stage_io_read_file(path, 1 << 20, &text, &err) != STAGE_OK) {
		stage_log_err("%s", err.text);
		exit(100);
	}
	text_of = stage_str_take(&text);
	for (char *line = strtok_r(text_of, "\n", &at); line != NULL;
		line = strtok_r(NULL, "\n", &at)) {
		char *words = strchr(line, ' ');
		if (line[0] == '#' || words == NULL) {
			continue;
		}
		*words++ = '\0';
		if (stage_map_put(soak->known, line, strdup(words)) !=
			STAGE_OK) {
			die("keep what is known");
		}
	}
	free(text_of);
}

static int64_t
read_number(const char *text, int64_t max)
{
	struct stage_err err = STAGE_ERR_INIT;
	int64_t value = 0;

	if (stage_num_parse(text, 1, max, &value, &err) != STAGE_OK) {
		stage_log_err("%s", err.text);
		exit(100);
	}
	return value;
}

static const char *
read_options(struct soak *soak, int argc, char **argv)
{
	const char *place = "/tmp";
	int option;

	while ((option = getopt(argc, argv, "b:k:l:p:t:")) >= 0) {
		if (option == 'b') {
			soak->play.blocks =
				(uint32_t)read_number(optarg, 1000000);
		} else if (option == 'k') {
			read_known(soak, optarg);
		} else if (option == 'l') {
			place = optarg;
		} else if (option == 'p') {
			soak->play.period_frames = (uint32_t)read_number(
				optarg, STAGE_RACK_FRAMES_MAX);
		} else if (option == 't') {
			soak->seconds = read_number(optarg, 86400);
		} else {
			exit(100);
		}
	}
	return place;
}

// The same but for a slash at the end.
static bool
is_same_path(const char *a, const char *b)
{
	size_t len = strlen(a);

	len -= len > 0 && a[len - 1] == '/';
	return strncmp(a, b, len) == 0 &&
	       (b[len] == '\0' || strcmp(b + len, "/") == 0);
}

static bool
is_wanted(const struct plugin *plugin, int argc, char **argv)
{
	bool is_so = optind >= argc;

	for (int i = optind; i < argc; i++) {
		is_so |= strcmp(argv[i], plugin->uri) == 0 ||
			 is_same_path(argv[i], plugin->bundle);
	}
	return is_so;
}

int
main(int argc, char **argv)
{
	struct soak soak = {.seconds = SECONDS,
		.play = {.period_frames = 128, .blocks = 400}};
	const char *place;
	size_t tried = 0;

	stage_log_init("rack-soak", STAGE_LOG_INFO);
	place = read_options(&soak, argc, argv);
	if (stage_format(soak.place, sizeof(soak.place), "%s/rack-soak-%d",
		    place, (int)getpid()) != STAGE_OK) {
		die("name a directory");
	}
	soak.play.place = soak.place;
	soak.play.seen = mmap(NULL, sizeof(struct play_seen),
		PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (soak.play.seen == MAP_FAILED) {
		die("share memory");
	}
	list_plugins(&soak);
	for (size_t i = 0; i < soak.count; i++) {
		if (is_wanted(&soak.plugins[i], argc, argv)) {
			count(&soak, &soak.plugins[i]);
			tried++;
		}
	}
	printf("%zu plug-ins: %zu ok, %zu of them guarded, %zu end badly; "
	       "%zu known to fail, %zu failed\n",
		tried, soak.ok, soak.guarded, soak.ends, soak.expected,
		soak.failed);
	printf("loaded and warm %zu, played %zu, saved %zu, killed %zu, "
	       "restored %zu, as before %zu\n",
		soak.loaded, soak.played, soak.saved, soak.killed,
		soak.restored, soak.compared);
	free_plugins(&soak);
	stage_map_destroy(soak.known);
	return soak.failed > 0 || tried == 0 ? 1 : 0;
}
