/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Editing a line, by libedit.
 *
 * While a line is edited the terminal makes no signals of keys: Ctrl-C is a key
 * like any other, bound to what drops the line, and Ctrl-Z to what suspends.
 * So a signal can only come while something runs, where it means to stop that.
 *
 * Characters are read here rather than by libedit, so that a new size of the
 * window and the wish to leave are noticed while waiting.  A paste comes between
 * marks (bracketed paste) and is put into the line as it is, line feeds
 * included: nothing of it runs or is completed before Enter.
 */
#include "shell/editor.h"

#include <errno.h>
#include <histedit.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

enum { HISTORY_ROOM = 4000, PASTE_MAX = 1 << 20 };

struct editor {
	EditLine *el;
	History *history;
	struct editor_opts o;
	const char *before;
	char *line;
	int dropped;
	int asked; /* the terminal was asked to mark pastes */
};

volatile sig_atomic_t editor_leave;
static volatile sig_atomic_t resized;
static const char paste_end[] = "\033[201~";

static struct editor *editor_of(EditLine *el)
{
	void *e = NULL;

	el_get(el, EL_CLIENTDATA, &e);
	return e;
}

static void on_resize(int sig)
{
	(void)sig;
	resized = 1;
}

/* ---- reading keys ---- */

/* Only once keys are no signals any more, and the prompt is there. */
static void ask_for_marks(struct editor *e)
{
	if (e->asked)
		return;
	printf("\033[?2004h");
	fflush(stdout);
	e->asked = 1;
}

/* A byte; 0: the end, also by a signal. */
static int get_byte(EditLine *el, char *c)
{
	ask_for_marks(editor_of(el));
	for (;;) {
		if (editor_leave)
			return 0;
		if (resized) {
			resized = 0;
			el_resize(el);
		}
		ssize_t r = read(STDIN_FILENO, c, 1);
		if (r >= 0)
			return (int)r;
		if (errno != EINTR)
			return 0;
	}
}

static int get_char(EditLine *el, wchar_t *wc)
{
	mbstate_t state;
	char c;

	memset(&state, 0, sizeof state);
	while (get_byte(el, &c) > 0) {
		size_t r = mbrtowc(wc, &c, 1, &state);
		if (r == (size_t)-2)
			continue; /* more of it is to come */
		if (r != (size_t)-1)
			return 1;
		memset(&state, 0, sizeof state); /* no character: left out */
	}
	return 0;
}

/* ---- what keys do ---- */

/* The line so far, to the cursor; freed by the caller. */
static char *text_before(struct editor *e)
{
	const LineInfo *l = el_line(e->el);
	size_t n = e->before ? strlen(e->before) : 0;
	size_t k = (size_t)(l->cursor - l->buffer);
	char *text = malloc(n + k + 1);

	if (!text)
		return NULL;
	memcpy(text, e->before ? e->before : "", n);
	memcpy(text + n, l->buffer, k);
	text[n + k] = '\0';
	return text;
}

static int window_width(void)
{
	struct winsize w;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 20
	    ? w.ws_col : 80;
}

static unsigned char complete(EditLine *el, wint_t key)
{
	struct editor *e = editor_of(el);
	struct completion c = { .back = 0 };
	char *text = text_before(e);
	unsigned char done = CC_ERROR;

	(void)key;
	if (!text)
		return CC_ERROR;
	e->o.complete(e->o.arg, text, window_width(), &c);
	if (c.insert && (c.back || *c.insert)) {
		el_deletestr(el, (int)c.back);
		done = el_insertstr(el, c.insert) == 0 ? CC_REFRESH : CC_ERROR;
	} else if (c.list) {
		printf("\n%s", c.list);
		fflush(stdout);
		done = CC_REDISPLAY;
	}
	free(c.insert);
	free(c.list);
	free(text);
	return done;
}

/* Ctrl-C: shows the mark at the end of the line, and gives it up. */
static unsigned char drop(EditLine *el, wint_t key)
{
	const LineInfo *l = el_line(el);

	(void)key;
	editor_of(el)->dropped = 1;
	el_cursor(el, (int)(l->lastchar - l->cursor));
	el_insertstr(el, "^C");
	el_push(el, "\n");
	return CC_REFRESH;
}

static unsigned char suspend(EditLine *el, wint_t key)
{
	(void)key;
	printf("\033[?2004l\n");
	fflush(stdout);
	el_set(el, EL_PREP_TERM, 0);
	raise(SIGTSTP);
	el_set(el, EL_PREP_TERM, 1);
	editor_of(el)->asked = 0;
	return CC_REDISPLAY;
}

static int ends_with(const char *s, size_t n, const char *end)
{
	size_t k = strlen(end);

	return n >= k && memcmp(s + n - k, end, k) == 0;
}

/* Control characters would be shown as what they are not. */
static size_t cleaned(char *s, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		char c = s[i] == '\r' ? '\n' : s[i];
		if (c == '\t')
			c = ' ';
		if (c == '\n' || (unsigned char)c >= 0x20)
			s[k++] = c;
	}
	while (k > 0 && s[k - 1] == '\n')
		k--;
	s[k] = '\0';
	return k;
}

static unsigned char paste(EditLine *el, wint_t key)
{
	size_t n = 0, room = 4096;
	char c, *s = malloc(room);

	(void)key;
	while (s && n < PASTE_MAX && get_byte(el, &c) > 0) {
		if (n + 2 > room) {
			char *more = realloc(s, room *= 2);
			if (!more)
				break;
			s = more;
		}
		s[n++] = c;
		if (ends_with(s, n, paste_end)) {
			n -= strlen(paste_end);
			break;
		}
	}
	if (s && cleaned(s, n))
		el_insertstr(el, s);
	free(s);
	return CC_REFRESH;
}

/* ---- setting up ---- */

static char *prompt(EditLine *el)
{
	/* between the marks: what takes no room */
	static char plain[] = "pkw> ", more[] = "...> ";
	static char bold[] = "\1\033[1;36m\1pkw>\1\033[0m\1 ";
	static char dim[] = "\1\033[2m\1...>\1\033[0m\1 ";
	const struct editor *e = editor_of(el);

	if (e->o.color)
		return e->before ? dim : bold;
	return e->before ? more : plain;
}

static void bind_keys(EditLine *el)
{
	static const struct {
		const char *keys, *function;
	} keys[] = {
		{ "^I", "pkw-complete" },
		{ "^C", "pkw-drop" },
		{ "^Z", "pkw-suspend" },
		{ "\033[200~", "pkw-paste" },
		{ "^R", "em-inc-search-prev" },
		{ "^W", "ed-delete-prev-word" },
		{ "\033[3~", "ed-delete-next-char" },
		{ "\033[H", "ed-move-to-beg" },
		{ "\033[F", "ed-move-to-end" },
		{ "\033[1~", "ed-move-to-beg" },
		{ "\033[4~", "ed-move-to-end" },
		{ "\033[1;5D", "ed-prev-word" },
		{ "\033[1;5C", "em-next-word" },
	};

	/* el_set() would leak copies of the names */
	el_wset(el, EL_ADDFN, L"pkw-complete", L"What may come here", complete);
	el_wset(el, EL_ADDFN, L"pkw-drop", L"Give up the line", drop);
	el_wset(el, EL_ADDFN, L"pkw-suspend", L"Suspend the shell", suspend);
	el_wset(el, EL_ADDFN, L"pkw-paste", L"Take in a paste", paste);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		el_set(
		    el, EL_BIND, keys[i].keys, keys[i].function, NULL);
}

struct editor *editor_open(const struct editor_opts *o)
{
	struct sigaction sa = { .sa_handler = on_resize };
	struct editor *e = calloc(1, sizeof *e);
	HistEvent ev;

	if (!e)
		return NULL;
	e->o = *o;
	e->history = history_init();
	e->el = el_init("pkw", stdin, stdout, stderr);
	if (!e->history || !e->el) {
		editor_close(e);
		return NULL;
	}
	history(e->history, &ev, H_SETSIZE, HISTORY_ROOM);
	el_set(e->el, EL_CLIENTDATA, e);
	el_set(e->el, EL_EDITOR, "emacs");
	el_set(e->el, EL_HIST, history, e->history);
	el_set(e->el, EL_GETCFN, get_char);
	el_set(e->el, EL_PROMPT_ESC, prompt, '\1');
	el_set(e->el, EL_SETTY, "-d", "-isig", NULL);
	bind_keys(e->el);
	el_source(e->el, NULL); /* ~/.editrc has the last word */
	sigemptyset(&sa.sa_mask);
	sigaction(SIGWINCH, &sa, NULL);
	return e;
}

void editor_close(struct editor *e)
{
	if (!e)
		return;
	if (e->el)
		el_end(e->el);
	if (e->history)
		history_end(e->history);
	free(e->line);
	free(e);
}

void editor_load(struct editor *e, const char *text)
{
	HistEvent ev;

	history(e->history, &ev, H_ENTER, text);
}

void editor_remember(struct editor *e, const char *text)
{
	HistEvent ev;

	for (int r = history(e->history, &ev, H_FIRST); r >= 0;
	     r = history(e->history, &ev, H_NEXT)) {
		if (strcmp(ev.str, text) == 0) {
			if (history(e->history, &ev, H_DEL, ev.num) == 0)
				free((void *)(uintptr_t)ev.str); /* a copy */
			break;
		}
	}
	editor_load(e, text);
}

enum editor_event editor_read(
    struct editor *e, const char *before, const char **line)
{
	int n = 0;

	e->before = before;
	e->dropped = e->asked = 0;
	const char *got = el_gets(e->el, &n);
	int failed = !got || n <= 0;
	printf("\033[?2004l%s", failed && !editor_leave ? "\n" : "");
	fflush(stdout);
	if (failed)
		return EDITOR_END;
	if (e->dropped)
		return EDITOR_DROPPED;
	free(e->line);
	e->line = strndup(got, (size_t)n - (got[n - 1] == '\n'));
	*line = e->line;
	return e->line ? EDITOR_LINE : EDITOR_END;
}
