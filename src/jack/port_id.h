/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The number by which libjack's callbacks name a port. */

#ifndef STAGE_JACK_PORT_ID_H
#define STAGE_JACK_PORT_ID_H

#include <jack/jack.h>
#include <jack/uuid.h>
#include <stdint.h>

/** Returns a port's number, which JACK2 and PipeWire make its uuid of. */
static inline jack_port_id_t
stage_jack_id_of_port(const jack_port_t *port)
{
	return (jack_port_id_t)(jack_port_uuid(port) & UINT32_MAX) - 1;
}

#endif
