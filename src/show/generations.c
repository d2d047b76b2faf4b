/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/generations.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/num.h"
#include "show/store_private.h"
#include "show/treecopy.h"

#define FRESH ".new"
#define GOING ".old"
#define OPEN_DIR (O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
#define NUMBER_MAX 999999999999

// The generations of one song, while the store is locked.
struct shelf {
	const struct stage_show_store *store;
	const char *name; // of the song
	char key[STAGE_SHOW_NAME_MAX + 1];
	char path[STAGE_PATH_MAX];
	struct stage_show_generations list;
	int dir;  // of the shelf
	int song; // the song's
	struct stage_err *err;
};

/* The list. */

static const struct stage_conf_key info_keys[] = {
	{.key = "taken",
		.type = STAGE_CONF_INT,
		STAGE_CONF_MEMBER(struct stage_show_generation, taken_ns),
		.min = 0,
		.max = INT64_MAX},
	{.key = "why",
		.type = STAGE_CONF_STRING,
		STAGE_CONF_MEMBER(struct stage_show_generation, why)},
};

static const struct stage_conf_table info_table = {
	.keys = info_keys, .count = STAGE_COUNT_OF(info_keys)};

void
stage_show_generations_finish(struct stage_show_generations *self)
{
	if (self == NULL) {
		return;
	}
	free(self->items);
	*self = (struct stage_show_generations){0};
}

static enum stage_status
add(struct stage_show_generations *list, const char *path, int64_t number,
	struct stage_err *err)
{
	struct stage_show_generation item = {.number = (uint64_t)number};
	struct stage_show_generation *more;
	char info[STAGE_PATH_MAX];

	if (stage_format(info, sizeof(info), "%s/%" PRId64 "/info", path,
		    number) == STAGE_OK) {
		// What it does not say, nobody misses.
		(void)!stage_conf_load_keys(info, &info_table, &item, NULL);
	}
	more = realloc(list->items, (list->count + 1) * sizeof(item));
	if (more == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY,
			"not enough memory for the list of generations");
	}
	list->items = more;
	list->items[list->count++] = item;
	return STAGE_OK;
}

static int
by_number(const void *a, const void *b)
{
	const struct stage_show_generation *left = a;
	const struct stage_show_generation *right = b;

	return left->number < right->number ? -1 : left->number > right->number;
}

static enum stage_status
read_list(const char *path, struct stage_show_generations *out,
	struct stage_err *err)
{
	struct stage_strv names = {0};
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status = stage_io_list_dir(path, &names, &why);

	if (status == STAGE_NOT_FOUND) {
		return STAGE_OK;
	}
	if (status != STAGE_OK) {
		stage_err_set(err, status, "%s", why.text);
	}
	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		int64_t number = 0;
		if (names.items[i][0] != '0' &&
			stage_num_parse(names.items[i], 1, NUMBER_MAX, &number,
				NULL) == STAGE_OK) {
			status = add(out, path, number, err);
		}
	}
	stage_strv_finish(&names);
	if (out->count > 0) {
		qsort(out->items, out->count, sizeof(out->items[0]), by_number);
	}
	return status;
}

enum stage_status
stage_show_generations_list(const struct stage_show_store *store,
	const char *name, struct stage_show_generations *out,
	struct stage_err *err)
{
	char key[STAGE_SHOW_NAME_MAX + 1];
	char path[STAGE_PATH_MAX];
	enum stage_status status = stage_show_song_name_check(name, err);

	*out = (struct stage_show_generations){0};
	if (status != STAGE_OK) {
		return status;
	}
	stage_show_store_key(name, key);
	status = stage_show_store_state_path(
		store, path, err, "generations/%s", key);
	if (status == STAGE_OK) {
		status = read_list(path, out, err);
	}
	if (status != STAGE_OK) {
		stage_show_generations_finish(out);
	}
	return status;
}

/* The shelf. */

static enum stage_status
open_shelf(struct shelf *self, const struct stage_show_store *store,
	const char *name, struct stage_err *err)
{
	enum stage_status status;

	*self = (struct shelf){.store = store,
		.name = name,
		.dir = -1,
		.song = -1,
		.err = err};
	status = stage_show_store_open(store, name, &self->song, err);
	if (status != STAGE_OK) {
		return status;
	}
	stage_show_store_key(name, self->key);
	status = stage_show_store_state_path(
		store, self->path, err, "generations/%s", self->key);
	if (status == STAGE_OK) {
		status = stage_io_make_dirs(self->path, err);
	}
	if (status == STAGE_OK) {
		status = stage_show_open_dir(self->path, "", &self->dir, err);
	}
	return status == STAGE_OK ? read_list(self->path, &self->list, err)
				  : status;
}

static void
close_shelf(struct shelf *self)
{
	stage_show_generations_finish(&self->list);
	if (self->dir >= 0) {
		close(self->dir);
	}
	if (self->song >= 0) {
		close(self->song);
	}
}

// Prefixes what went wrong with what was being done.
static enum stage_status
fail_keeping(const struct shelf *self, enum stage_status status)
{
	if (self->err != NULL && status != STAGE_OK) {
		stage_err_prefix(self->err,
			"unable to keep a generation of \"%s\": ", self->name);
	}
	return status;
}

static enum stage_status
write_info(const struct shelf *self, const char *why, int64_t now)
{
	char path[STAGE_PATH_MAX];
	struct stage_str text = {0};
	enum stage_status status = stage_format(
		path, sizeof(path), "%s/" FRESH "/info", self->path);

	if (status == STAGE_OK) {
		status = stage_str_addf(&text, "taken %" PRId64 "\nwhy ", now);
	}
	if (status == STAGE_OK) {
		status = stage_conf_add_word(&text, why);
	}
	if (status == STAGE_OK) {
		status = stage_str_add(&text, "\n");
	}
	status = status == STAGE_OK
			 ? stage_atomic_save(path, stage_str_text(&text),
				   text.len, 0, self->err)
			 : stage_err_set(self->err, status, "%s",
				   stage_strerror(status));
	stage_str_finish(&text);
	return status;
}

static enum stage_status
remove_entry(const struct shelf *self, const char *entry)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status =
		stage_io_join(path, sizeof(path), self->path, entry, self->err);

	return status == STAGE_OK ? stage_io_remove_tree(path, self->err)
				  : status;
}

// The same where nobody needs to know why not.
static bool
drop_entry(const struct shelf *self, const char *entry)
{
	char path[STAGE_PATH_MAX];

	return stage_io_join(path, sizeof(path), self->path, entry, NULL) ==
		       STAGE_OK &&
	       stage_io_remove_tree(path, NULL) == STAGE_OK;
}

// An empty FRESH/files, and a descriptor of it.
static enum stage_status
make_fresh(const struct shelf *self, int *files)
{
	enum stage_status status = remove_entry(self, FRESH);

	if (status != STAGE_OK) {
		return status;
	}
	if (mkdirat(self->dir, FRESH, STAGE_SHOW_DIR_MODE) == 0 &&
		mkdirat(self->dir, FRESH "/files", STAGE_SHOW_DIR_MODE) == 0) {
		*files =
			openat(self->dir, FRESH "/files", OPEN_DIR | O_CLOEXEC);
	}
	return *files >= 0 ? STAGE_OK
			   : stage_err_set_errno(self->err, errno,
				     "unable to write into %s", self->path);
}

static int
open_files(const struct shelf *self, uint64_t number)
{
	char entry[64];

	snprintf(entry, sizeof(entry), "%" PRIu64 "/files", number);
	return openat(self->dir, entry, OPEN_DIR | O_CLOEXEC);
}

static enum stage_status
fill_fresh(const struct shelf *self, const char *why, bool *is_changed)
{
	const struct stage_show_generation *last =
		self->list.count > 0 ? &self->list.items[self->list.count - 1]
				     : NULL;
	struct stage_show_treecopy what = {.from = self->song,
		.to = -1,
		.earlier = last != NULL ? open_files(self, last->number) : -1,
		.taken_ns = last != NULL ? last->taken_ns : 0,
		.from_shown = self->name,
		.to_shown = self->path};
	struct stage_show_copied copied = {.is_changed = false};
	int64_t now = stage_clock_wall_ns();
	enum stage_status status = make_fresh(self, &what.to);

	if (status == STAGE_OK) {
		status = stage_show_treecopy(&what, &copied, self->err);
		close(what.to);
	}
	if (what.earlier >= 0) {
		close(what.earlier);
	}
	if (status == STAGE_OK) {
		status = write_info(self, why, now);
	}
	*is_changed = copied.is_changed;
	return status;
}

static enum stage_status
sync_fresh(const struct shelf *self)
{
	int dir = openat(self->dir, FRESH, OPEN_DIR | O_CLOEXEC);
	enum stage_status status;

	if (dir < 0) {
		return stage_err_set_errno(
			self->err, errno, "unable to open %s", self->path);
	}
	status = stage_show_sync_dir(dir, self->path, self->err);
	close(dir);
	return status;
}

// Gives what is whole by now its number.
static enum stage_status
publish(struct shelf *self, uint64_t *number)
{
	char entry[32];
	enum stage_status status = sync_fresh(self);

	*number = self->list.count > 0
			  ? self->list.items[self->list.count - 1].number + 1
			  : 1;
	snprintf(entry, sizeof(entry), "%" PRIu64, *number);
	if (status == STAGE_OK) {
		status = stage_show_rename(self->dir, FRESH, self->dir, entry,
			self->path, self->err);
	}
	if (status == STAGE_OK) {
		status = stage_show_sync_dir(self->dir, self->path, self->err);
	}
	return status == STAGE_OK ? add(&self->list, self->path,
					    (int64_t)*number, self->err)
				  : status;
}

static enum stage_status
keep_now(struct shelf *self, const char *why, uint64_t *number)
{
	bool is_changed = true;
	enum stage_status status = fill_fresh(self, why, &is_changed);

	if (status == STAGE_OK && is_changed) {
		return fail_keeping(self, publish(self, number));
	}
	if (status == STAGE_OK) {
		*number = self->list.items[self->list.count - 1].number;
	}
	(void)drop_entry(self, FRESH);
	return fail_keeping(self, status);
}

// Takes the oldest ones away until `keep` are left, but not `spared`. What
// cannot be removed now is tried again with the next generation.
static void
prune(const struct shelf *self, unsigned keep, uint64_t spared)
{
	char entry[32];

	(void)drop_entry(self, GOING);
	for (size_t i = 0; i + keep < self->list.count; i++) {
		if (self->list.items[i].number == spared) {
			continue;
		}
		snprintf(entry, sizeof(entry), "%" PRIu64,
			self->list.items[i].number);
		if (renameat(self->dir, entry, self->dir, GOING) != 0 ||
			!drop_entry(self, GOING)) {
			return;
		}
	}
}

static enum stage_status
check_keep(unsigned keep, struct stage_err *err)
{
	return keep >= 1 && keep <= STAGE_SHOW_GENERATIONS_MAX
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_BUG,
				 "%u generations cannot be kept", keep);
}

enum stage_status
stage_show_generations_keep(const struct stage_show_store *store,
	const char *name, const char *why, unsigned keep, uint64_t *number,
	struct stage_err *err)
{
	struct shelf shelf;
	uint64_t kept = 0;
	int lock = -1;
	enum stage_status status = check_keep(keep, err);

	if (status == STAGE_OK) {
		status = stage_show_store_lock(store, &lock, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	status = open_shelf(&shelf, store, name, err);
	if (status == STAGE_OK) {
		status = keep_now(&shelf, why, &kept);
	}
	if (status == STAGE_OK) {
		prune(&shelf, keep, kept);
	}
	if (status == STAGE_OK && number != NULL) {
		*number = kept;
	}
	close_shelf(&shelf);
	close(lock);
	return status;
}

/* Going back. */

// Makes the draft of a song out of a generation's files, which are open.
static enum stage_status
fill_draft(const struct shelf *self, struct stage_show_draft *draft, int files)
{
	struct stage_show_treecopy what = {.from = files,
		.to = draft->dir,
		.earlier = -1,
		.from_shown = self->path,
		.to_shown = draft->shown};
	struct stage_show_copied copied;
	struct stat st;

	if (fstat(self->song, &st) != 0 ||
		fchmod(draft->dir, st.st_mode & 0777) != 0) {
		return stage_err_set_errno(self->err, errno,
			"unable to set the mode of %s", draft->shown);
	}
	return stage_show_treecopy(&what, &copied, self->err);
}

static enum stage_status
put_back(const struct shelf *self, int files)
{
	struct stage_show_draft draft;
	enum stage_status status = stage_show_draft_init(
		&draft, self->store, self->name, self->err);

	if (status == STAGE_OK) {
		status = fill_draft(self, &draft, files);
	}
	if (status == STAGE_OK) {
		status = stage_show_draft_replace(&draft, self->err);
	}
	stage_show_draft_finish(&draft);
	return status;
}

static enum stage_status
revert_on(struct shelf *self, uint64_t number, unsigned keep)
{
	char why[STAGE_SHOW_WHY_MAX];
	uint64_t kept = 0;
	int files = open_files(self, number);
	enum stage_status status;

	if (files < 0 && errno != ENOENT) {
		return stage_err_set_errno(self->err, errno,
			"unable to read generation %" PRIu64 " of \"%s\"",
			number, self->name);
	}
	if (files < 0) {
		return stage_err_set(self->err, STAGE_NOT_FOUND,
			"the song \"%s\" has no generation %" PRIu64,
			self->name, number);
	}
	snprintf(why, sizeof(why), "before going back to %" PRIu64, number);
	status = keep_now(self, why, &kept);
	if (status == STAGE_OK) {
		status = put_back(self, files);
	}
	if (status == STAGE_OK) {
		prune(self, keep, number);
	}
	close(files);
	return status;
}

enum stage_status
stage_show_generations_revert(const struct stage_show_store *store,
	const char *name, uint64_t number, unsigned keep, struct stage_err *err)
{
	struct shelf shelf;
	int lock = -1;
	enum stage_status status = check_keep(keep, err);

	if (status == STAGE_OK) {
		status = stage_show_store_lock(store, &lock, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	status = open_shelf(&shelf, store, name, err);
	if (status == STAGE_OK) {
		status = revert_on(&shelf, number, keep);
	}
	close_shelf(&shelf);
	close(lock);
	return status;
}
