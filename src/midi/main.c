/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** stagecraft-midi: a service of the rig. */

#include "midi/daemon.h"
#include "rig/daemon.h"

static enum stage_status
create(uv_loop_t *loop, const struct stage_rig *rig, void **out,
	struct stage_err *err)
{
	struct stage_midi_daemon *midi = NULL;
	enum stage_status status = stage_midi_daemon_create(
		loop, rig, stage_midi_seq_alsa(), &midi, err);

	*out = midi;
	return status;
}

static void
destroy(void *midi)
{
	stage_midi_daemon_destroy(midi);
}

int
main(int argc, char **argv)
{
	static const struct stage_daemon daemon = {
		.name = "stagecraft-midi",
		.about = "gives the ports of the ALSA sequencer JACK ports "
			 "that stay while their devices are away, as a service "
			 "of the rig. See stagecraft-midi(8).",
		.create = create,
		.destroy = destroy,
	};

	return stage_daemon_run(&daemon, argc, argv);
}
