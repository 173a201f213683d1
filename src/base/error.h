/* SPDX-License-Identifier: BSD-2-Clause */
/* What all that make diagnoses share. */
#ifndef PKW_BASE_ERROR_H
#define PKW_BASE_ERROR_H

#include <pkw/error.h>

/* Control characters become `?': a message quotes what a user typed or a file
   says, and no terminal must obey it. */
void pkw__printable(char *text);

#endif
