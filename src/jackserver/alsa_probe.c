/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/alsa_probe.h"

#include <alsa/asoundlib.h>
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "seq/holder.h"

bool
stage_alsa_can_probe(void)
{
	return true;
}

// What ALSA's library would write to stderr; the reason is told once, by us.
static void
say_nothing(const char *file, int line, const char *function, int error,
	const char *format, ...)
{
	(void)file;
	(void)line;
	(void)function;
	(void)error;
	(void)format;
}

// "hw:ID" or "hw:ID,N"; -1 for what only ALSA's files explain.
static int
card_number(const char *device)
{
	char id[STAGE_SEQ_ID_MAX];

	return stage_starts_with(device, "hw:") &&
			       stage_format(id, sizeof(id), "%.*s",
				       (int)strcspn(device + 3, ","),
				       device + 3) == STAGE_OK
		       ? snd_card_get_index(id)
		       : -1;
}

static void
tell_busy(const char *device, struct stage_err *err)
{
	struct stage_holder holder;
	int card = card_number(device);

	if (card < 0 || !stage_holder_find("/proc", card, &holder)) {
		stage_err_set(err, STAGE_BUSY,
			"%s is in use by another program", device);
	} else if (holder.program[0] == '\0') {
		stage_err_set(err, STAGE_BUSY, "%s is in use by process %ld",
			device, (long)holder.pid);
	} else {
		stage_err_set(err, STAGE_BUSY,
			"%s is in use by %s, process %ld", device,
			holder.program, (long)holder.pid);
	}
}

static void
tell(const char *device, int error, struct stage_err *err)
{
	switch (-error) {
	case EBUSY:
		tell_busy(device, err);
		break;
	case ENOENT:
	case ENODEV:
	case ENXIO:
		stage_err_set(err, STAGE_NOT_FOUND, "%s is not there", device);
		break;
	case EACCES:
	case EPERM:
		stage_err_set(err, STAGE_DENIED,
			"%s may not be opened by this user: join the group "
			"that owns /dev/snd, often audio",
			device);
		break;
	default:
		stage_err_set(err, STAGE_IO, "%s cannot be used: %s", device,
			snd_strerror(error));
	}
}

static int
set_access(snd_pcm_t *pcm, snd_pcm_hw_params_t *params)
{
	static const snd_pcm_access_t accesses[] = {
		SND_PCM_ACCESS_MMAP_NONINTERLEAVED,
		SND_PCM_ACCESS_MMAP_INTERLEAVED, SND_PCM_ACCESS_MMAP_COMPLEX};
	int error = -EINVAL;

	for (size_t i = 0; error < 0 && i < STAGE_COUNT_OF(accesses); i++) {
		error = snd_pcm_hw_params_set_access(pcm, params, accesses[i]);
	}
	return error;
}

static int
set_period(snd_pcm_t *pcm, snd_pcm_hw_params_t *params, uint32_t *period)
{
	snd_pcm_uframes_t near = *period;
	int error = snd_pcm_hw_params_set_period_size(pcm, params, near, 0);

	if (error < 0) {
		error = snd_pcm_hw_params_set_period_size_near(
			pcm, params, &near, NULL);
	}
	*period = (uint32_t)near;
	return error;
}

// Narrows down what the device can do to what was wanted, or to what is next.
static int
settle(snd_pcm_t *pcm, snd_pcm_hw_params_t *params, struct stage_probed *out)
{
	int error = snd_pcm_hw_params_any(pcm, params);

	if (error >= 0) {
		error = set_access(pcm, params);
	}
	if (error >= 0) {
		error = snd_pcm_hw_params_set_rate_near(
			pcm, params, &out->rate_hz, NULL);
	}
	if (error >= 0) {
		error = set_period(pcm, params, &out->period_frames);
	}
	if (error >= 0) {
		error = snd_pcm_hw_params_set_periods_near(
			pcm, params, &out->periods, NULL);
	}
	return error;
}

static int
configure(snd_pcm_t *pcm, struct stage_probed *out)
{
	snd_pcm_hw_params_t *params;
	int error = snd_pcm_hw_params_malloc(&params);

	if (error >= 0) {
		error = settle(pcm, params, out);
		snd_pcm_hw_params_free(params);
	}
	return error;
}

// A card may lack one direction.
static bool
is_missing(int error)
{
	return error == -ENOENT || error == -ENODEV || error == -ENXIO ||
	       error == -EINVAL;
}

static int
try_directions(const char *device, struct stage_probed *out)
{
	static const snd_pcm_stream_t directions[] = {
		SND_PCM_STREAM_PLAYBACK, SND_PCM_STREAM_CAPTURE};
	snd_pcm_t *pcms[STAGE_COUNT_OF(directions)] = {NULL};
	int errors[STAGE_COUNT_OF(directions)] = {0};
	int error;

	// Both at once, as they will be.
	for (size_t i = 0; i < STAGE_COUNT_OF(directions); i++) {
		errors[i] = snd_pcm_open(
			&pcms[i], device, directions[i], SND_PCM_NONBLOCK);
	}
	error = errors[0] < 0 ? errors[0] : 0;
	if (errors[0] < 0 && is_missing(errors[0]) && errors[1] >= 0) {
		error = 0;
	}
	if (error == 0 && errors[1] < 0 && !is_missing(errors[1])) {
		error = errors[1];
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(directions); i++) {
		if (errors[i] >= 0) {
			error = error >= 0 ? configure(pcms[i], out) : error;
			snd_pcm_close(pcms[i]);
		}
	}
	return error;
}

void
stage_alsa_probe(
	const struct stage_control_want *want, struct stage_probed *out)
{
	int error;

	*out = (struct stage_probed){.rate_hz = want->rate_hz,
		.period_frames = want->period_frames,
		.periods = want->periods};
	snd_lib_error_set_handler(say_nothing);
	error = try_directions(want->device, out);
	if (error < 0) {
		tell(want->device, error, &out->err);
	}
}
