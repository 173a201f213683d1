/* SPDX-License-Identifier: BSD-2-Clause */
/* The file of what was typed. */
#ifndef PKW_SHELL_HISTORY_H
#define PKW_SHELL_HISTORY_H

#include <stddef.h>

enum { HISTORY_MAX = 2000 };

struct history_file {
	char *path;    /* NULL: nothing is kept */
	char **entry;  /* the oldest first */
	size_t n;
};

/*
 * Reads the file, which is made if it is not there.  0, or an errno: then
 * nothing will be kept, nor is anything where there is no home to keep it in.
 */
int history_open(struct history_file *h);
/* Adds an entry to the file, at once. */
void history_add(struct history_file *h, const char *text);
void history_close(struct history_file *h);

#endif
