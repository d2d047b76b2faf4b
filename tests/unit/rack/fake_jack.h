/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the process callback asks of JACK, without JACK: a port is its buffer,
 * there is no MIDI, and time stands still. Ports are connected, unless
 * fake_jack_unconnected is one of them.
 *
 * Thread: one.
 */

#ifndef TESTS_UNIT_RACK_FAKE_JACK_H
#define TESTS_UNIT_RACK_FAKE_JACK_H

extern const void *fake_jack_unconnected;

#endif
