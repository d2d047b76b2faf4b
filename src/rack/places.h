/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Paths as plug-ins remember them. Those below a rack's own directories are
 * remembered from there on, "rack:hall.wav" and "files:sampler/take.wav", so
 * that a rack that was copied or moved has its own files, and not those of the
 * one it was copied from. All others stay as they are. Pure.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RACK_PLACES_H
#define STAGE_RACK_PLACES_H

/** A rack's own directories, absolute; "": there is none. */
struct stage_rack_own_places {
	const char *directory; // what the user writes
	const char *files;     // what plug-ins keep
};

/** The path to remember, of one on this machine; and the way back. Ownership:
 * the caller's; NULL when out of memory. */
char *stage_rack_places_shorten(
	const struct stage_rack_own_places *self, const char *path);
char *stage_rack_places_expand(
	const struct stage_rack_own_places *self, const char *path);

#endif
