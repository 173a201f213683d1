/* SPDX-License-Identifier: BSD-2-Clause */
/* A line from the terminal, with editing, history and completion. */
#ifndef PKW_SHELL_EDITOR_H
#define PKW_SHELL_EDITOR_H

/* Over libedit.  One editor at a time. */

#include <signal.h>
#include <stddef.h>

enum editor_event {
	EDITOR_LINE,
	EDITOR_DROPPED, /* Ctrl-C */
	EDITOR_END      /* Ctrl-D on an empty line, or the terminal has gone */
};

/* What may stand at the cursor. */
struct completion {
	size_t back;  /* characters before the cursor that are replaced ... */
	char *insert; /* ... by this */
	char *list;   /* or, where that is not clear, this is shown */
};

struct editor_opts {
	int color;
	/* Fills c (all zero: nothing) for the text before the cursor, to be
	   freed by the editor. */
	void (*complete)(
	    void *arg, const char *text, int width, struct completion *c);
	void *arg;
};

/* Set by signals: editing ends. */
extern volatile sig_atomic_t editor_leave;

struct editor;
struct editor *editor_open(const struct editor_opts *o);
void editor_close(struct editor *e);
/* Adds an entry to the history: an old one, which is there only once; or a new
   one, which takes the place of the same. */
void editor_load(struct editor *e, const char *text);
void editor_remember(struct editor *e, const char *text);
/*
 * Reads a line; `before' are the lines of the same chunk that came before it
 * (NULL: it is the first), which completion looks at.  *line is good until the
 * next call, and ends without a line feed.
 */
enum editor_event editor_read(
    struct editor *e, const char *before, const char **line);

#endif
