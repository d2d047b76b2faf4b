/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/atomic_file.h"
#include "base/clock.h"
#include "base/log.h"
#include "web/daemon_private.h"

#define DIRECTORY "state/web"
#define FILE_NAME DIRECTORY "/devices"
#define BYTES_MAX 65536

static int64_t
now_s(void)
{
	return stage_clock_wall_ns() / STAGE_NS_PER_S;
}

static enum stage_status
check(const char *name, const char *bytes, size_t len, void *user,
	struct stage_err *err)
{
	return stage_web_devices_parse(user, bytes, len, name, err);
}

void
stage_web_devices_load(struct stage_web_daemon *self)
{
	char path[STAGE_PATH_MAX];
	struct stage_str text = {0};
	struct stage_atomic_found found = {0};
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;

	stage_rig_path(self->rig, path, FILE_NAME);
	status = stage_atomic_load(
		path, BYTES_MAX, check, &self->devices, &text, &found, &err);
	if (status == STAGE_OK && found.generation > 0) {
		stage_log_warn(
			"%s; the devices before are known", found.why.text);
	} else if (status != STAGE_OK && status != STAGE_NOT_FOUND) {
		stage_log_warn(
			"%s; no device is known, pair them again", err.text);
	}
	stage_str_finish(&text);
}

// Nobody else has to know who may come.
static enum stage_status
save(struct stage_web_daemon *self, struct stage_err *err)
{
	char directory[STAGE_PATH_MAX];
	char path[STAGE_PATH_MAX];
	struct stage_str text = {0};
	mode_t before;
	enum stage_status status;

	stage_rig_path(self->rig, directory, DIRECTORY);
	stage_rig_path(self->rig, path, FILE_NAME);
	status = stage_io_make_dirs(directory, err);
	if (status == STAGE_OK) {
		status = stage_web_devices_write(&self->devices, &text);
	}
	before = umask(077);
	if (status == STAGE_OK) {
		status = stage_atomic_save(path, text.data, text.len, 1, err);
	}
	(void)umask(before);
	stage_str_finish(&text);
	return status;
}

void
stage_web_devices_changed(struct stage_web_daemon *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (save(self, &err) != STAGE_OK) {
		stage_log_err("%s; devices are remembered until the page is "
			      "served anew",
			err.text);
	}
	stage_web_daemon_listen(self);
	stage_rpc_server_publish(self->rpc, "devices", json_object());
}

struct stage_web_device *
stage_web_devices_by_id(struct stage_web_daemon *self, const char *id)
{
	for (size_t i = 0; i < self->devices.count; i++) {
		if (strcmp(self->devices.items[i].id, id) == 0) {
			return &self->devices.items[i];
		}
	}
	return NULL;
}

// Pairing.

static void
on_pairing_end(uv_timer_t *timer)
{
	struct stage_web_daemon *self = timer->data;

	stage_web_pairing_end(&self->pairing);
	stage_web_daemon_listen(self);
	stage_rpc_server_publish(self->rpc, "devices", json_object());
}

static void
join(const struct stage_strv *list, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < list->count && len < size; i++) {
		len += (size_t)snprintf(out + len, size - len, "%s%s",
			i > 0 ? ", " : "", list->items[i]);
	}
}

// Which interface a device comes by, where none is said.
static enum stage_status
choose_interface(struct stage_web_daemon *self, const char *wanted, char *out,
	struct stage_err *err)
{
	struct stage_strv all = {0};
	char names[256];
	enum stage_status status = stage_web_lan_interfaces(&all);

	join(&all, names, sizeof(names));
	if (status != STAGE_OK) {
		status = stage_err_set(err, status, "out of memory");
	} else if (wanted[0] != '\0' && !stage_strv_has(&all, wanted)) {
		status = stage_err_set(err, STAGE_BAD_INPUT,
			"there is no interface %s with an address; there %s %s",
			wanted, all.count == 1 ? "is" : "are",
			all.count > 0 ? names : "none");
	} else if (wanted[0] == '\0' && all.count > 1 &&
		   self->settings.interfaces.count == 0) {
		status = stage_err_set(err, STAGE_BAD_INPUT,
			"say by which network the device comes: %s", names);
	} else {
		const char *name = wanted;
		if (wanted[0] == '\0' && all.count == 1 &&
			self->settings.interfaces.count == 0) {
			name = all.items[0];
		}
		status = stage_format(out, STAGE_WEB_INTERFACE_MAX, "%s", name);
	}
	stage_strv_finish(&all);
	return status;
}

enum stage_status
stage_web_daemon_pair(struct stage_web_daemon *self, enum stage_web_role role,
	const char *interface, struct stage_err *err)
{
	char chosen[STAGE_WEB_INTERFACE_MAX] = "";
	enum stage_status status =
		choose_interface(self, interface, chosen, err);

	if (status != STAGE_OK) {
		return status;
	}
	memcpy(self->pairing_interface, chosen, sizeof(chosen));
	stage_web_pairing_begin(&self->pairing, role,
		randombytes_uniform(STAGE_WEB_CODE_COUNT),
		stage_clock_now_ns());
	uv_timer_start(
		self->pairing_end, on_pairing_end, STAGE_WEB_CODE_S * 1000, 0);
	stage_web_daemon_listen(self);
	stage_rpc_server_publish(self->rpc, "devices", json_object());
	return STAGE_OK;
}

static void
make_id(char out[STAGE_WEB_DEVICE_ID_MAX])
{
	unsigned char bytes[STAGE_WEB_DEVICE_ID_MAX / 2];

	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2hex(out, STAGE_WEB_DEVICE_ID_MAX, bytes, sizeof(bytes));
}

const struct stage_web_device *
stage_web_daemon_take_code(struct stage_web_daemon *self, const char *code,
	const char *name, const char *own_address,
	char token[STAGE_WEB_TOKEN_HEX + 1])
{
	unsigned char bytes[STAGE_WEB_TOKEN_BYTES];
	struct stage_web_device device = {
		.role = stage_web_pairing_try(
			&self->pairing, code, stage_clock_now_ns()),
		.paired_s = now_s(),
		.until_s = now_s() + STAGE_WEB_DEVICE_S,
		.seen_s = now_s(),
	};

	if (device.role == STAGE_WEB_NOBODY) {
		return NULL;
	}
	make_id(device.id);
	(void)snprintf(device.name, sizeof(device.name), "%s", name);
	stage_web_lan_interface_of(
		own_address, device.interface, sizeof(device.interface));
	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2hex(token, STAGE_WEB_TOKEN_HEX + 1, bytes, sizeof(bytes));
	sodium_memzero(bytes, sizeof(bytes));
	(void)!stage_web_token_hash(token, device.hash);
	stage_web_devices_add(&self->devices, &device, now_s());
	uv_timer_stop(self->pairing_end);
	stage_web_devices_changed(self);
	return stage_web_devices_by_id(self, device.id);
}
