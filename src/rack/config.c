/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/config_private.h"

#include <arpa/inet.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/num.h"
#include "base/str.h"

#define FADE_NS (20 * STAGE_NS_PER_MS)
#define FADE_MAX_NS (10 * STAGE_NS_PER_S)
#define HOLD_NS STAGE_NS_PER_S
#define PATIENCE_NS (10 * STAGE_NS_PER_S)
#define PATIENCE_MIN_NS (100 * STAGE_NS_PER_MS)
#define PATIENCE_MAX_NS (600 * STAGE_NS_PER_S)
#define LOOPBACK "127.0.0.1"
#define PORT_MAX 65535

// strtod as it is in C's own locale.
static double
read_plain(const char *text, char **end)
{
	locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	locale_t before = plain != (locale_t)0 ? uselocale(plain) : plain;
	double value = strtod(text, end);

	if (plain != (locale_t)0) {
		uselocale(before);
		freelocale(plain);
	}
	return value;
}

enum stage_status
stage_rack_number(const char *text, double min, double max, double *out,
	struct stage_err *err)
{
	char *end = NULL;
	double value = read_plain(text, &end);

	if (end == text || *end != '\0' || !isfinite(value) ||
		strspn(text, "+-.eE0123456789") != strlen(text)) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is no number such as 0.5", text);
	}
	if (value < min || value > max) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"%s is not from %g to %g", text, min, max);
	}
	*out = value;
	return STAGE_OK;
}

enum stage_status
stage_rack_config_number(const struct stage_conf_line *line, size_t at,
	double min, double max, double *out, struct stage_err *err)
{
	return stage_rack_number(line->words[at], min, max, out, err) ==
			       STAGE_OK
		       ? STAGE_OK
		       : stage_conf_fail_with(line, at, err);
}

static enum stage_status
take_gain(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct stage_rack_config *config = user;
	enum stage_status status = stage_conf_check_count(line, 1, 1, err);

	return status == STAGE_OK
		       ? stage_rack_config_number(line, 0,
				 STAGE_RACK_GAIN_MIN_DB, STAGE_RACK_GAIN_MAX_DB,
				 &config->gain_db, err)
		       : status;
}

static enum stage_status
take_hold(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct stage_rack_config *config = user;
	enum stage_status status = stage_conf_check_count(line, 1, 1, err);

	if (status != STAGE_OK) {
		return status;
	}
	if (strcmp(line->words[0], "forever") == 0) {
		config->hold_ns = STAGE_RACK_HOLD_FOREVER;
		return STAGE_OK;
	}
	return stage_num_parse_duration(
		       line->words[0], &config->hold_ns, err) == STAGE_OK
		       ? STAGE_OK
		       : stage_conf_fail_with(line, 0, err);
}

static enum stage_status
take_port_line(
	const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct stage_rack_config *config = user;

	return stage_rack_port_lines_take(&config->ports, line, err);
}

// "osc PORT" is for this computer alone, "osc ADDRESS PORT" for who can reach
// that address.
static enum stage_status
take_osc(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct stage_rack_config *config = user;
	unsigned char bytes[sizeof(struct in6_addr)];
	const char *address = LOOPBACK;
	size_t at = line->count > 1 ? 1 : 0;
	enum stage_status status = stage_conf_check_count(line, 1, 2, err);

	if (status == STAGE_OK && at > 0) {
		address = line->words[0];
		if (inet_pton(AF_INET, address, bytes) != 1 &&
			inet_pton(AF_INET6, address, bytes) != 1) {
			return stage_conf_fail(line, 0, err,
				"\"%s\" is no address such as 0.0.0.0",
				address);
		}
	}
	if (status == STAGE_OK && stage_num_parse(line->words[at], 1, PORT_MAX,
					  &config->osc_port, err) != STAGE_OK) {
		return stage_conf_fail_with(line, at, err);
	}
	return status == STAGE_OK
		       ? stage_format(config->osc_address,
				 sizeof(config->osc_address), "%s", address)
		       : status;
}

static enum stage_status
take_own_map(
	const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct stage_rack_config *config = user;
	struct stage_rack_maps maps = {0};
	enum stage_status status = stage_rack_maps_take(&maps, line, true, err);

	if (status == STAGE_OK &&
		config->map_count == STAGE_RACK_OWN_MAPS_MAX) {
		status = stage_conf_fail(line, STAGE_CONF_KEY, err,
			"more than %d are mapped", STAGE_RACK_OWN_MAPS_MAX);
	}
	if (status == STAGE_OK) {
		config->maps[config->map_count++] = maps.items[0];
	}
	stage_rack_maps_finish(&maps);
	return status;
}

static const struct stage_conf_key rack_keys[] = {
	{.key = "client",
		.type = STAGE_CONF_STRING,
		STAGE_CONF_MEMBER(struct stage_rack_config, client),
		.help = "name in JACK; else that of the service"},
	{.key = "in",
		.type = STAGE_CONF_INT,
		STAGE_CONF_MEMBER(struct stage_rack_config, ins),
		.min = 0,
		.max = STAGE_RACK_CHANNELS_MAX,
		.help = "audio inputs; 2"},
	{.key = "out",
		.type = STAGE_CONF_INT,
		STAGE_CONF_MEMBER(struct stage_rack_config, outs),
		.min = 0,
		.max = STAGE_RACK_CHANNELS_MAX,
		.help = "audio outputs; 2"},
	{.key = "midi",
		.type = STAGE_CONF_BOOL,
		STAGE_CONF_MEMBER(struct stage_rack_config, has_midi),
		.help = "midi_in and midi_out; yes"},
	{.key = "gain",
		.type = STAGE_CONF_CALL,
		.call = take_gain,
		.help = "of the outputs, dB; 0"},
	{.key = "fade",
		.type = STAGE_CONF_DURATION,
		STAGE_CONF_MEMBER(struct stage_rack_config, fade_ns),
		.min = STAGE_NS_PER_MS,
		.max = FADE_MAX_NS,
		.help = "of what comes and goes; 20ms"},
	{.key = "hold",
		.type = STAGE_CONF_CALL,
		.call = take_hold,
		.help = "of notes after the last one who plays has gone, or "
			"forever; 1s"},
	{.key = "patience",
		.type = STAGE_CONF_DURATION,
		STAGE_CONF_MEMBER(struct stage_rack_config, patience_ns),
		.min = PATIENCE_MIN_NS,
		.max = PATIENCE_MAX_NS,
		.help = "with a plug-in that does not come back from being "
			"loaded or saved; 10s"},
	{.key = "alias",
		.type = STAGE_CONF_CALL,
		.call = take_port_line,
		.help = "PORT NAME: another name of a port, two at most"},
	{.key = "title",
		.type = STAGE_CONF_CALL,
		.call = take_port_line,
		.help = "PORT TEXT: what people are shown"},
	{.key = "connect",
		.type = STAGE_CONF_CALL,
		.call = take_port_line,
		.help = "PORT OTHER: connected when both are there"},
	{.key = "osc",
		.type = STAGE_CONF_CALL,
		.call = take_osc,
		.help = "[ADDRESS] PORT: where OSC is heard; nowhere"},
	{.key = "map",
		.type = STAGE_CONF_CALL,
		.call = take_own_map,
		.help = "what MIDI controls of the rack itself"},
};

enum stage_status
stage_rack_config_parse(const char *text, size_t len, const char *name,
	struct stage_rack_config *out, struct stage_err *err)
{
	static const struct stage_conf_table table = {
		.keys = rack_keys, .count = STAGE_COUNT_OF(rack_keys)};
	struct stage_rack_config config = {.ins = 2,
		.outs = 2,
		.has_midi = true,
		.fade_ns = FADE_NS,
		.hold_ns = HOLD_NS,
		.patience_ns = PATIENCE_NS};
	enum stage_status status =
		stage_conf_parse_keys(text, len, name, &table, &config, err);

	if (status == STAGE_OK && strchr(config.client, ':') != NULL) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"%s: a client's name has no colon", name);
	}
	if (status == STAGE_OK && config.outs < config.ins) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"%s: a rack has no fewer outputs than inputs", name);
	}
	if (status == STAGE_OK) {
		status = stage_rack_port_lines_check(&config.ports,
			(unsigned)config.ins, (unsigned)config.outs,
			config.has_midi, name, err);
	}
	if (status == STAGE_OK) {
		*out = config;
	}
	return status;
}
