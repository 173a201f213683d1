/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the command says besides its data, and the state of standard output.
 *
 * Messages may quote files and packets, so control characters are escaped
 * before a terminal sees them.  A diagnosis with a column is followed by the
 * line of text and a caret; a long text is cut around the place.
 *
 * The first failure to write standard output is said once and remembered; the
 * exit status follows from it.  EPIPE is the reader's wish to stop, not ours
 * to complain about.
 */
#include "cmd/cmd.h"

#include <pkw/show.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *cmd_name = "";
int stdout_gone;
static int stdout_failed;
volatile sig_atomic_t stopped;
static void (*stop_also)(void);

void say_as(const char *cmd)
{
	cmd_name = cmd;
}

/* A control character would let a packet write on the terminal. */
static void escaped(struct pkw_str *s, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x20 && c != 0x7f && !(c >= 0x80 && c < 0xa0))
			pkw_str_addc(s, (char)c);
		else
			pkw_str_fmt(s, "\\x%02x", (unsigned)c);
	}
}

/* One write, so that messages of several processes do not mix. */
static void out(struct pkw_str *s)
{
	if (s->s && write(STDERR_FILENO, s->s, s->len) < 0)
		s->err = -PKW_EIO;
	pkw_str_free(s);
}

static void vsay(struct pkw_str *s, const char *fmt, va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof text, fmt, ap);
	pkw_str_fmt(s, *cmd_name ? "pkw %s: " : "pkw: ", cmd_name);
	escaped(s, text);
	pkw_str_addc(s, '\n');
}

void say(const char *fmt, ...)
{
	struct pkw_str s = PKW_STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	vsay(&s, fmt, ap);
	va_end(ap);
	out(&s);
}

int usage(const struct command *c, const char *fmt, ...)
{
	struct pkw_str s = PKW_STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	vsay(&s, fmt, ap);
	va_end(ap);
	s.len--;
	pkw_str_fmt(&s, " (see `pkw %s --help')\n", c->name);
	out(&s);
	return STATUS_USAGE;
}

enum { EXCERPT = 72 };

/* The part of the text around the column, and a caret below it. */
static void caret(struct pkw_str *s, const char *text, size_t column)
{
	size_t n = strcspn(text, "\n");
	size_t at = column - 1 > n ? n : column - 1;
	size_t from = at > EXCERPT * 2 / 3 && n > EXCERPT
	    ? at - EXCERPT * 2 / 3 : 0;
	size_t to = n - from > EXCERPT ? from + EXCERPT : n;
	const char *cut = from ? "..." : "";

	pkw_str_fmt(s, "  %s", cut);
	for (size_t i = from; i < to; i++) {
		unsigned char c = (unsigned char)text[i];

		/* one column each, or the caret would stand elsewhere */
		pkw_str_addc(s, c < 0x20 || c == 0x7f ? '?' : (char)c);
	}
	pkw_str_fmt(s, "%s\n  %s", to < n ? "..." : "", from ? "   " : "");
	for (size_t i = from; i < at; i++) /* UTF-8: followers have no width */
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			pkw_str_addc(s, ' ');
	pkw_str_add(s, "^\n");
}

void say_lines(const char *text)
{
	const char *end;

	if (!text)
		text = "failed";
	for (; *text; text = *end ? end + 1 : end) {
		end = text + strcspn(text, "\n");
		say("%.*s", (int)(end - text), text);
	}
}

int complain(const struct pkw_diag *d, const char *text)
{
	struct pkw_str s = PKW_STR_INIT;

	pkw_str_fmt(&s, *cmd_name ? "pkw %s: " : "pkw: ", cmd_name);
	if (*d->file) {
		escaped(&s, d->file);
		if (d->line)
			pkw_str_fmt(&s, ":%d", d->line);
		if (d->column)
			pkw_str_fmt(&s, ":%d", d->column);
		pkw_str_add(&s, ": ");
	} else if (d->column) {
		pkw_str_fmt(&s, "column %d: ", d->column);
	}
	escaped(&s, *d->text ? d->text : pkw_strerror(d->code));
	pkw_str_addc(&s, '\n');
	if (text && d->column)
		caret(&s, text, (size_t)d->column);
	out(&s);
	return STATUS_FAILED;
}

int print(struct pkw_str *s, size_t least)
{
	int r;

	if (!s)
		return stdout_failed;
	if (s->err) {
		say("%s", pkw_strerror(s->err));
		stdout_failed = STATUS_FAILED;
		pkw_str_clear(s);
		return stdout_failed;
	}
	if (stdout_gone || stdout_failed) {
		pkw_str_clear(s);
		return stdout_failed;
	}
	r = pkw_drain(s, STDOUT_FILENO, least);
	if (r == -PKW_EPIPE) {
		stdout_gone = 1;
	} else if (r < 0) {
		say("standard output: %s", pkw_strerror(r));
		stdout_gone = 1;
		stdout_failed = STATUS_FAILED;
	}
	return stdout_failed;
}

/* --color, then what the environment says, then the terminal. */
static int color_wanted; /* 0 auto, 1 always, -1 never */

int color_parse(const char *word)
{
	static const char *const words[] = { "never", "auto", "always" };

	for (int i = 0; i < 3; i++)
		if (strcmp(word, words[i]) == 0) {
			color_wanted = i - 1;
			return 0;
		}
	return -1;
}

int color_on(int fd)
{
	const char *no = getenv("NO_COLOR");
	const char *force = getenv("CLICOLOR_FORCE");
	const char *term = getenv("TERM");

	if (color_wanted)
		return color_wanted > 0;
	if (no && *no)
		return 0;
	if (force && *force && strcmp(force, "0") != 0)
		return 1;
	return isatty(fd) && term && strcmp(term, "dumb") != 0;
}

static void on_stop(int sig)
{
	stopped = sig;
	if (stop_also)
		stop_also();
}

/* The second signal kills, should we not come to an end. */
void stop_catch(void (*also)(void))
{
	struct sigaction sa = { .sa_handler = on_stop };

	stop_also = also;
	sigemptyset(&sa.sa_mask);
	sa.sa_flags = (int)SA_RESETHAND;
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
}
