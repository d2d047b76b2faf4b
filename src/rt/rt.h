/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What code on the audio thread may and may not do, in words the compiler
 * reads.
 *
 * STAGE_RT goes before every function that can be reached from the process
 * callback, at its prototype and its definition. Such functions live in files
 * named *_rt.c, they allocate nothing, take no lock, touch no file, do not log
 * and have no loop without a bound. Clang 20 and later check it (with
 * -Wfunction-effects); with every compiler tests/lint/rt_symbols.py checks that
 * the objects of these files call nothing else than what is on its list.
 *
 * Where such a function has to call something that is not marked, and a person
 * knows it to be safe, the call stands between STAGE_RT_UNSAFE_BEGIN("why") and
 * STAGE_RT_UNSAFE_END. The reason is required.
 *
 * The words for threads in our headers: [main] the loop's thread; [rt] the
 * process callback; [notify] the other callbacks of JACK; [worker]; [any].
 */

#ifndef STAGE_RT_RT_H
#define STAGE_RT_RT_H

#if defined(__clang__) && __clang_major__ >= 20
#	define STAGE_RT __attribute__((nonblocking))
#	define STAGE_RT_UNSAFE_BEGIN(reason)                                  \
		_Static_assert(sizeof(reason) > 1, "say why it is safe");      \
		_Pragma("clang diagnostic push")                               \
			_Pragma("clang diagnostic ignored "                    \
				"\"-Wfunction-effects\"")
#	define STAGE_RT_UNSAFE_END _Pragma("clang diagnostic pop")
#else
#	define STAGE_RT
#	define STAGE_RT_UNSAFE_BEGIN(reason)                                  \
		_Static_assert(sizeof(reason) > 1, "say why it is safe");
#	define STAGE_RT_UNSAFE_END
#endif

#endif
