/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "base/conf.h"
#include "base/str.h"
#include "check.h"
#include "fuzz.h"
#include "jackserver/config.h"

static void
check_range(const struct stage_jackserver_config *config)
{
	FUZZ_CHECK(config->rate_hz >= 8000 && config->rate_hz <= 768000);
	FUZZ_CHECK(
		config->period_frames >= 16 && config->period_frames <= 8192);
	FUZZ_CHECK(config->periods >= 2 && config->periods <= 32);
	FUZZ_CHECK(config->priority >= 1 && config->priority <= 95);
	FUZZ_CHECK(config->ports >= 128 && config->ports <= 4096);
	FUZZ_CHECK(config->realtime >= STAGE_JACKSERVER_REALTIME_AUTO &&
		   config->realtime <= STAGE_JACKSERVER_REALTIME_NO);
	FUZZ_CHECK(strnlen(config->driver, sizeof(config->driver)) <
		   sizeof(config->driver));
	FUZZ_CHECK(config->wish_count <= STAGE_WISHES_MAX);
	FUZZ_CHECK(strnlen(config->server, sizeof(config->server)) <
		   sizeof(config->server));
}

static void
add_text(struct stage_str *out, const char *key, const char *value)
{
	FUZZ_CHECK(stage_str_addf(out, "%s ", key) == STAGE_OK);
	FUZZ_CHECK(stage_conf_add_word(out, value) == STAGE_OK);
	FUZZ_CHECK(stage_str_add(out, "\n") == STAGE_OK);
}

static void
add_wishes(struct stage_str *out, const struct stage_jackserver_config *config)
{
	for (size_t i = 0; i < config->wish_count; i++) {
		FUZZ_CHECK(stage_str_add(out, "jack.device ") == STAGE_OK);
		FUZZ_CHECK(
			stage_wish_write(&config->wishes[i], out) == STAGE_OK);
		FUZZ_CHECK(stage_str_add(out, "\n") == STAGE_OK);
	}
}

// The settings written out say the same.
static void
check_round_trip(const struct stage_jackserver_config *config)
{
	static const char *const realtime[] = {"auto", "yes", "no"};
	struct stage_jackserver_config again;
	struct stage_str text = {0};
	struct stage_str wishes = {0};
	struct stage_str wishes_again = {0};

	add_text(&text, "jack.driver", config->driver);
	add_wishes(&text, config);
	add_text(&text, "jack.server", config->server);
	add_text(&text, "jack.realtime", realtime[config->realtime]);
	FUZZ_CHECK(stage_str_addf(&text,
			   "jack.rate %d\njack.period %d\njack.periods %d\n"
			   "jack.priority %d\njack.ports %d\n"
			   "jack.end_frozen %s\n",
			   (int)config->rate_hz, (int)config->period_frames,
			   (int)config->periods, (int)config->priority,
			   (int)config->ports,
			   config->ends_frozen ? "yes" : "no") == STAGE_OK);
	stage_jackserver_config_init(&again);
	FUZZ_CHECK(stage_jackserver_config_parse(
			   &again, text.data, text.len, "f", NULL) == STAGE_OK);
	FUZZ_CHECK(strcmp(again.driver, config->driver) == 0);
	FUZZ_CHECK(again.wish_count == config->wish_count);
	add_wishes(&wishes, config);
	add_wishes(&wishes_again, &again);
	FUZZ_CHECK(strcmp(stage_str_text(&wishes),
			   stage_str_text(&wishes_again)) == 0);
	FUZZ_CHECK(again.ends_frozen == config->ends_frozen);
	stage_str_finish(&wishes);
	stage_str_finish(&wishes_again);
	FUZZ_CHECK(strcmp(again.server, config->server) == 0);
	FUZZ_CHECK(again.realtime == config->realtime);
	FUZZ_CHECK(again.rate_hz == config->rate_hz &&
		   again.period_frames == config->period_frames &&
		   again.periods == config->periods &&
		   again.priority == config->priority &&
		   again.ports == config->ports);
	stage_str_finish(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_jackserver_config config;
	struct stage_jackserver_config before;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;

	stage_jackserver_config_init(&config);
	before = config;
	status = stage_jackserver_config_parse(
		&config, (const char *)data, size, "rig.conf", &err);
	fuzz_check_place(status, &err, "rig.conf");
	if (status == STAGE_OK) {
		check_range(&config);
		check_round_trip(&config);
	} else {
		FUZZ_CHECK(memcmp(&config, &before, sizeof(config)) == 0);
	}
	return 0;
}
