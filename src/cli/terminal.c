/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // struct winsize

#include "cli/terminal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/io.h"
#include "base/num.h"

#define USUAL_COLUMNS 80
#define USUAL_ROWS 24
#define MOST 10000

static size_t
read_size(const char *name, size_t from_system, size_t usual)
{
	const char *text = getenv(name);
	int64_t value;

	if (text != NULL &&
		stage_num_parse(text, 1, MOST, &value, NULL) == STAGE_OK) {
		return (size_t)value;
	}
	return from_system > 0 ? from_system : usual;
}

void
stage_terminal_look(struct stage_terminal *self, int fd)
{
	const char *term = getenv("TERM");
	const char *no_colour = getenv("NO_COLOR");
	struct winsize size = {0};

	*self = (struct stage_terminal){0};
	if (isatty(fd) != 1) {
		return;
	}
	if (ioctl(fd, TIOCGWINSZ, &size) != 0) {
		size = (struct winsize){0};
	}
	self->columns = read_size("COLUMNS", size.ws_col, USUAL_COLUMNS);
	self->rows = read_size("LINES", size.ws_row, USUAL_ROWS);
	self->has_cursor =
		term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
	self->has_colour =
		self->has_cursor && (no_colour == NULL || no_colour[0] == '\0');
}

enum stage_status
stage_terminal_write(const void *bytes, size_t len)
{
	return stage_io_write_all(STDOUT_FILENO, bytes, len);
}
