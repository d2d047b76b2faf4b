/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* The ALSA sequencer for programs that cannot be without one, on computers that
 * have none: a library for LD_PRELOAD. A client opens and has its port; no
 * event ever comes. */

#include <alsa/asoundlib.h>
#include <poll.h>

static char client; // all that a handle points to

int
snd_seq_open(snd_seq_t **handle, const char *name, int streams, int mode)
{
	(void)name;
	(void)streams;
	(void)mode;
	*handle = (snd_seq_t *)(void *)&client;
	return 0;
}

int
snd_seq_close(snd_seq_t *handle)
{
	(void)handle;
	return 0;
}

int
snd_seq_set_client_name(snd_seq_t *handle, const char *name)
{
	(void)handle;
	(void)name;
	return 0;
}

int
snd_seq_create_simple_port(snd_seq_t *handle, const char *name,
	unsigned int capabilities, unsigned int type)
{
	(void)handle;
	(void)name;
	(void)capabilities;
	(void)type;
	return 0;
}

int
snd_seq_delete_simple_port(snd_seq_t *handle, int port)
{
	(void)handle;
	(void)port;
	return 0;
}

int
snd_seq_poll_descriptors_count(snd_seq_t *handle, short events)
{
	(void)handle;
	(void)events;
	return 1;
}

// poll passes over what is below zero.
int
snd_seq_poll_descriptors(
	snd_seq_t *handle, struct pollfd *fds, unsigned int space, short events)
{
	(void)handle;
	if (space > 0) {
		fds[0] = (struct pollfd){.fd = -1, .events = events};
	}
	return space > 0;
}
