/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the audio thread has to tell of controllers: those of the rack itself
 * are obeyed, those to be learned are passed on. Thread: the loop's. */

#ifndef STAGE_RACK_HEAR_H
#define STAGE_RACK_HEAR_H

#include "rack/rack.h"

/** Takes all that was told. True when something has changed. */
bool stage_rack_hear(struct stage_rack *self);

#endif
