/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/alsa_name.h"

#include <string.h>

#define DIGITS "0123456789"
#define NUMBER_DIGITS_MAX 9

// The parts of a name, as places in it.
struct parts {
	size_t client_len;    // of the client's own name
	const char *device;   // behind the bracket; NULL: there is none
	size_t device_len;    // up to the closing bracket
	const char *instance; // " #2", or the colon
	const char *colon;
	size_t number_len; // digits of a full name's port; 0: not a full one
};

// A device's texts end where their marks begin, so they hold none of them.
static enum stage_status
add_word(struct stage_str *out, const char *text)
{
	static const char marks[] = ":[]@#";
	static const char shown[] = ".()a+";
	enum stage_status status = STAGE_OK;

	for (; *text != '\0' && status == STAGE_OK; text++) {
		const char *mark = strchr(marks, *text);
		status = stage_str_append(
			out, mark != NULL ? &shown[mark - marks] : text, 1);
	}
	return status;
}

static enum stage_status
add_device(const struct stage_alsa_name *self, struct stage_str *out)
{
	enum stage_status status = stage_str_add(out, " [");

	if (status == STAGE_OK && self->serial[0] != '\0') {
		status = add_word(out, self->serial);
		if (status == STAGE_OK) {
			status = stage_str_add(out, " ");
		}
	}
	if (status == STAGE_OK) {
		status = stage_str_add(out, "@ ");
	}
	if (status == STAGE_OK) {
		status = add_word(out, self->place);
	}
	return status == STAGE_OK ? stage_str_add(out, "]") : status;
}

enum stage_status
stage_alsa_name_write(const struct stage_alsa_name *self, struct stage_str *out)
{
	enum stage_status status = stage_str_add(out, self->client);

	if (status == STAGE_OK && self->place[0] != '\0') {
		status = add_device(self, out);
	}
	if (status == STAGE_OK && self->instance > 1) {
		status = stage_str_addf(out, " #%u", self->instance);
	}
	return status == STAGE_OK
		       ? stage_str_addf(out, ":%u %s", self->number, self->port)
		       : status;
}

enum stage_status
stage_alsa_name_alias(const struct stage_alsa_name *self, bool is_number,
	struct stage_str *out)
{
	return is_number
		       ? stage_str_addf(
				 out, "%s:%u", self->client, self->number)
		       : stage_str_addf(out, "%s:%s", self->client, self->port);
}

bool
stage_patch_alsa_is_number(const char *port)
{
	size_t digits = strspn(port, DIGITS);

	return digits > 0 && digits <= NUMBER_DIGITS_MAX &&
	       port[digits] == '\0';
}

// Digits that a blank and something more follow, or 0.
static size_t
full_number_len(const char *port)
{
	size_t digits = strspn(port, DIGITS);

	return digits > 0 && digits <= NUMBER_DIGITS_MAX &&
			       port[digits] == ' ' && port[digits + 1] != '\0'
		       ? digits
		       : 0;
}

static const char *
find_colon(const char *full)
{
	const char *last = strrchr(full, ':');
	const char *first = strchr(full, ':');

	if (last == NULL || stage_patch_alsa_is_number(last + 1)) {
		return last;
	}
	for (const char *at = first; at != NULL; at = strchr(at + 1, ':')) {
		if (at != full && full_number_len(at + 1) > 0) {
			return at;
		}
	}
	return first;
}

enum stage_status
stage_patch_alsa_split(const char *full, size_t *client_len, const char **port)
{
	const char *colon = find_colon(full);

	if (colon == NULL || colon == full || colon[1] == '\0') {
		return STAGE_BAD_INPUT;
	}
	*client_len = (size_t)(colon - full);
	*port = colon + 1;
	return STAGE_OK;
}

// Where " #N" begins at the end of name[len], or the end.
static const char *
find_instance(const char *name, const char *end)
{
	const char *at = end;

	while (at != name && strchr(DIGITS, at[-1]) != NULL) {
		at--;
	}
	return at != end && at - name > 2 && at[-1] == '#' && at[-2] == ' '
		       ? at - 2
		       : end;
}

static bool
is_device(const char *text, size_t len)
{
	if (len >= 2 && memcmp(text, "@ ", 2) == 0) {
		return true;
	}
	for (size_t i = 0; i + 3 <= len; i++) {
		if (memcmp(text + i, " @ ", 3) == 0) {
			return true;
		}
	}
	return false;
}

static void
find_device(const char *name, struct parts *out)
{
	const char *close = out->instance - 1;
	const char *open = close;

	if (out->instance == name || *close != ']') {
		return;
	}
	while (open != name && *open != '[') {
		open--;
	}
	if (open - name < 2 || open[-1] != ' ' ||
		!is_device(open + 1, (size_t)(close - open - 1))) {
		return;
	}
	out->device = open + 1;
	out->device_len = (size_t)(close - open - 1);
	out->client_len = (size_t)(open - 1 - name);
}

// Returns whether it has a client and a port at all.
static bool
divide(const char *name, struct parts *out)
{
	const char *port;

	*out = (struct parts){.client_len = strlen(name)};
	if (stage_patch_alsa_split(name, &out->client_len, &port) != STAGE_OK) {
		return false;
	}
	out->colon = port - 1;
	out->number_len = full_number_len(port);
	out->instance = find_instance(name, out->colon);
	out->client_len = (size_t)(out->instance - name);
	find_device(name, out);
	return true;
}

size_t
stage_alsa_client_len(const char *name)
{
	struct parts parts;

	(void)divide(name, &parts);
	return parts.client_len;
}

enum stage_status
stage_alsa_name_reduce(const char *name, bool is_number, struct stage_str *out)
{
	struct parts parts;
	enum stage_status status;
	const char *port;

	if (!divide(name, &parts) || parts.number_len == 0) {
		return stage_str_add(out, name);
	}
	port = parts.colon + 1;
	status = stage_str_append(out, name, parts.client_len);
	if (status == STAGE_OK) {
		status = stage_str_add(out, ":");
	}
	if (status != STAGE_OK) {
		return status;
	}
	return is_number ? stage_str_append(out, port, parts.number_len)
			 : stage_str_add(out, port + parts.number_len + 1);
}

// The serial number and, where there is none, that it is a device.
static size_t
copy_device(const struct parts *parts, char *out)
{
	size_t len = parts->device_len;

	while (len > 0 && parts->device[len] != '@') {
		len--; // a place has no mark in it
	}
	len = len == 0 ? 1 : len - 1;
	out[0] = ' ';
	out[1] = '[';
	memcpy(out + 2, parts->device, len);
	out[2 + len] = ']';
	return len + 3;
}

// " (1234)" at the end of a program's name: how much of it.
static size_t
process_len(const char *name, size_t len)
{
	size_t digits = 0;

	while (digits + 1 < len &&
		strchr(DIGITS, name[len - 2 - digits]) != NULL) {
		digits++;
	}
	return len > digits + 3 && digits > 0 && name[len - 1] == ')' &&
			       name[len - 2 - digits] == '(' &&
			       name[len - 3 - digits] == ' '
		       ? digits + 3
		       : 0;
}

// Copies a port's name without the process number of its client, "1234" in
// "Synth input port (1234:0)".
static void
copy_port(const char *port, const char *process, size_t len, char *out)
{
	while (*port != '\0') {
		bool is_it = len > 0 && strncmp(port, process, len) == 0 &&
			     strchr(DIGITS, port[len]) == NULL;
		if (is_it) {
			port += len;
		} else {
			*out = *port;
			out++;
			port++;
		}
	}
	*out = '\0';
}

static void
write_instance(const char *name, const struct parts *parts, char *out)
{
	size_t len = parts->client_len;
	size_t process = parts->device == NULL ? process_len(name, len) : 0;
	const char *port = parts->colon + 1;

	len -= process;
	memcpy(out, name, len);
	if (parts->device != NULL) {
		len += copy_device(parts, out + len);
	}
	out[len] = ':';
	if (parts->number_len > 0) {
		port += parts->number_len + 1;
	}
	copy_port(port, name + parts->client_len - process + 2,
		process > 0 ? process - 3 : 0, out + len + 1);
}

static void
write_plain(const char *name, const struct parts *parts, char *out)
{
	size_t len = parts->client_len;

	memcpy(out, name, len);
	len += copy_device(parts, out + len);
	strcpy(out + len, parts->instance);
}

void
stage_alsa_name_at(const char *name, enum stage_identity_rank rank, char *out)
{
	struct parts parts;

	bool is_whole = rank >= STAGE_IDENTITY_PLAIN && divide(name, &parts);

	if (is_whole && rank == STAGE_IDENTITY_INSTANCE) {
		write_instance(name, &parts, out);
	} else if (is_whole && parts.device != NULL && parts.device[0] != '@') {
		write_plain(name, &parts, out);
	} else {
		strcpy(out, name);
	}
}
