/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "scratch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"

#define READ_MAX 1048576

void
scratch_init(struct scratch *self)
{
	const char *base = getenv("TMPDIR");

	assert_int_equal(
		stage_format(self->dir, sizeof(self->dir),
			"%s/stage-test-XXXXXX", base != NULL ? base : "/tmp"),
		STAGE_OK);
	assert_non_null(mkdtemp(self->dir));
}

void
scratch_finish(struct scratch *self)
{
	assert_int_equal(stage_io_remove_tree(self->dir, NULL), STAGE_OK);
}

const char *
scratch_path(struct scratch *self, const char *name)
{
	assert_int_equal(stage_io_join(self->path, sizeof(self->path),
				 self->dir, name, NULL),
		STAGE_OK);
	return self->path;
}

const char *
scratch_write(struct scratch *self, const char *name, const char *text)
{
	int fd = open(
		scratch_path(self, name), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(stage_io_write_all(fd, text, strlen(text)), STAGE_OK);
	close(fd);
	return self->path;
}

bool
scratch_holds(struct scratch *self, const char *name, const char *text)
{
	struct stage_str content = {0};
	bool is_same = stage_io_read_file(scratch_path(self, name), READ_MAX,
			       &content, NULL) == STAGE_OK &&
		       content.len == strlen(text) &&
		       strcmp(stage_str_text(&content), text) == 0;

	stage_str_finish(&content);
	return is_same;
}

bool
scratch_has(struct scratch *self, const char *name)
{
	struct stat st;

	return lstat(scratch_path(self, name), &st) == 0;
}

size_t
scratch_count(struct scratch *self)
{
	struct stage_strv names = {0};
	size_t count;

	assert_int_equal(stage_io_list_dir(self->dir, &names, NULL), STAGE_OK);
	count = names.count;
	stage_strv_finish(&names);
	return count;
}
