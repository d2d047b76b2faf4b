/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/seq.h"

static enum stage_status
none_open(struct stage_midi_seq **out, struct stage_err *err)
{
	(void)out;
	return stage_err_set(err, STAGE_UNSUPPORTED,
		"this stagecraft was built without ALSA, and so has no bridge "
		"to its sequencer");
}

const struct stage_midi_seq_class *
stage_midi_seq_alsa(void)
{
	static const struct stage_midi_seq_class seq = {.open = none_open};

	return &seq;
}
