/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _DEFAULT_SOURCE // realpath

#include "seq/device.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/str.h"
#include "base/utf8.h"

#define ATTRIBUTE_MAX_BYTES 4096 // as the kernel has it
#define LEVELS 4 // above the card's device: interface, device, and two to spare

// What a configuration file can hold.
static void
make_printable(char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len;) {
		size_t bytes = stage_utf8_char_bytes(text + i, len - i);
		if (bytes == 0 ||
			stage_utf8_control_bytes(text + i, len - i) != 0) {
			text[i] = '?';
			bytes = 1;
		}
		i += bytes;
	}
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Copies a text of at most size - 1 bytes, or "".
static void
copy_trimmed(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	while (len > 0 && is_blank(text[len - 1])) {
		len--;
	}
	while (len > 0 && is_blank(*text)) {
		text++;
		len--;
	}
	out[0] = '\0';
	if (len < size) {
		memcpy(out, text, len);
		out[len] = '\0';
		make_printable(out);
	}
}

// Reads DIR/NAME; "" when it is not there.
static void
read_attribute(const char *dir, const char *name, char *out, size_t size)
{
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];

	out[0] = '\0';
	if (stage_io_join(path, sizeof(path), dir, name, NULL) == STAGE_OK &&
		stage_io_read_file(path, ATTRIBUTE_MAX_BYTES, &text, NULL) ==
			STAGE_OK) {
		copy_trimmed(out, size, stage_str_text(&text));
	}
	stage_str_finish(&text);
}

// Four hexadecimal digits, nothing else.
static bool
read_usb_id(const char *dir, const char *name, uint16_t *out)
{
	char text[8];

	read_attribute(dir, name, text, sizeof(text));
	if (strlen(text) != 4 || strspn(text, "0123456789abcdefABCDEF") != 4) {
		return false;
	}
	*out = (uint16_t)strtoul(text, NULL, 16);
	return true;
}

// The last part of a path, which has a slash.
static const char *
last_part(const char *path)
{
	return strrchr(path, '/') + 1;
}

static bool
cut_last_part(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash == NULL || slash == path) {
		return false;
	}
	*slash = '\0';
	return true;
}

// The directory above that of the root hub, "usbN", is the controller's.
static bool
find_controller(char *path)
{
	while (strncmp(last_part(path), "usb", 3) != 0) {
		if (!cut_last_part(path)) {
			return false;
		}
	}
	return cut_last_part(path) && strrchr(path, '/') != NULL;
}

// path: of a USB device, ".../CONTROLLER/usbN/N-1/N-1.2".
static void
tell_usb_place(const char *path, char *out, size_t size)
{
	char controller[STAGE_PATH_MAX];
	const char *ports = strchr(last_part(path), '-');

	if (ports == NULL ||
		stage_format(controller, sizeof(controller), "%s", path) !=
			STAGE_OK ||
		!find_controller(controller) ||
		stage_format(out, size, "%s%s", last_part(controller), ports) !=
			STAGE_OK) {
		copy_trimmed(out, size, last_part(path));
	}
	make_printable(out);
}

// path: the card's own device, which for USB is an interface of what we want.
static void
read_bus(const char *path, struct stage_seq_device *out)
{
	char dir[STAGE_PATH_MAX];

	memcpy(dir, path, strlen(path) + 1);
	copy_trimmed(out->place, sizeof(out->place), last_part(dir));
	for (int i = 0; i < LEVELS && strrchr(dir, '/') != NULL; i++) {
		if (read_usb_id(dir, "idVendor", &out->vid) &&
			read_usb_id(dir, "idProduct", &out->pid)) {
			out->is_usb = true;
			read_attribute(dir, "serial", out->serial,
				sizeof(out->serial));
			tell_usb_place(dir, out->place, sizeof(out->place));
			return;
		}
		if (!cut_last_part(dir)) {
			return;
		}
	}
}

static unsigned
count_midi(const char *dir, int card)
{
	struct stage_strv names = {0};
	unsigned count = 0;
	char prefix[32];

	if (stage_format(prefix, sizeof(prefix), "midiC%dD", card) ==
			STAGE_OK &&
		stage_io_list_dir(dir, &names, NULL) == STAGE_OK) {
		for (size_t i = 0; i < names.count; i++) {
			count += stage_starts_with(names.items[i], prefix);
		}
	}
	stage_strv_finish(&names);
	return count;
}

// A card made by a module alone has no device.
static void
read_device(const char *dir, struct stage_seq_device *out)
{
	char link[STAGE_PATH_MAX];
	char *path;

	if (stage_io_join(link, sizeof(link), dir, "device", NULL) !=
		STAGE_OK) {
		return;
	}
	path = realpath(link, NULL);
	if (path != NULL && strlen(path) < STAGE_PATH_MAX) {
		read_bus(path, out);
	}
	free(path);
}

enum stage_status
stage_seq_device_read(const char *sys, int card, struct stage_seq_device *out,
	struct stage_err *err)
{
	struct stage_seq_device device = {.card = card};
	char dir[STAGE_PATH_MAX];

	if (stage_format(dir, sizeof(dir), "%s/class/sound/card%d", sys,
		    card) != STAGE_OK) {
		return stage_err_set(
			err, STAGE_TOO_LONG, "the path of %s is too long", sys);
	}
	read_attribute(dir, "id", device.id, sizeof(device.id));
	read_device(dir, &device);
	device.midi_count = count_midi(dir, card);
	if (device.id[0] == '\0' && device.place[0] == '\0') {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"there is no sound card %d", card);
	}
	*out = device;
	return STAGE_OK;
}
