/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The shell: start, read, run, again.
 *
 *   history.c   what was typed, in a file
 *   editor.c    a line from the terminal
 *   eval.c      a chunk of Lua, from one line or several
 *   tables.c    what completion asks
 *   lua/        what is shown, help, completion
 *
 * A chunk that is not complete goes on in the next line; in the history it is
 * one entry.  Without a terminal the same lines are read from standard input,
 * and a prompt, editing and history are left out.
 *
 * Ctrl-C is a key while a line is edited (see editor.c); while code runs it is
 * SIGINT, which ends the wait that is on, or else the code.  SIGTERM and SIGHUP
 * do the same, and then end the shell in good order: the terminal is put back,
 * captures are closed.
 */
#include "shell/shell.h"

#include "script/bind.h"
#include "shell/editor.h"
#include "shell/eval.h"
#include "shell/history.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct shell {
	const struct shell_opts *o;
	lua_State *L;
	struct editor *editor;
	struct history_file history;
	struct pkw_str chunk; /* its lines so far */
	size_t lines;
	int failed;
};

static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	if (sig == SIGINT)
		interrupted = 1;
	else
		editor_leave = 1;
	script_interrupt();
}

static void catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	/* waits are to end, so no SA_RESTART */
	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
}

/* A Ctrl-C that came when nothing was running is for nothing. */
static void forget_interrupt(const struct shell *s)
{
	interrupted = 0;
	lua_sethook(s->L, NULL, 0, 0);
}

/* ---- what runs before the first line ---- */

static int run_file(struct shell *s, const char *path)
{
	int r = script_run_file(s->L, path, s->o->args, s->o->nargs);

	if (r != 0)
		eval_tell_error(s->L);
	fflush(stdout);
	return r;
}

static void run_init(struct shell *s)
{
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	struct pkw_str path = PKW_STR_INIT;

	if (config && *config == '/')
		pkw_str_fmt(&path, "%s/pkw/init.lua", config);
	else if (home && *home == '/')
		pkw_str_fmt(&path, "%s/.config/pkw/init.lua", home);
	if (path.len && !path.err && access(path.s, F_OK) == 0)
		run_file(s, path.s);
	pkw_str_free(&path);
}

static void run_files(struct shell *s)
{
	if (!(s->o->flags & SHELL_NO_INIT))
		run_init(s);
	for (int i = 0; i < s->o->nfiles; i++)
		if (run_file(s, s->o->files[i]) != 0)
			s->failed = 1;
}

/* ---- the terminal ---- */

static char *copy_of(lua_State *L, int idx)
{
	const char *text = lua_tostring(L, idx);

	return text ? strdup(text) : NULL;
}

static void complete(
    void *arg, const char *text, int width, struct completion *c)
{
	const struct shell *s = arg;
	lua_State *L = s->L;
	int top = lua_gettop(L);

	forget_interrupt(s);
	script_core(L);
	lua_getfield(L, -1, "shell_complete");
	lua_pushstring(L, text);
	lua_pushinteger(L, width);
	if (script_call(L, 2, 3) == 0) {
		c->back = (size_t)lua_tointeger(L, -3);
		c->insert = copy_of(L, -2);
		c->list = copy_of(L, -1);
	}
	lua_settop(L, top); /* a fault in it is no business of who types */
}

static void open_history(struct shell *s)
{
	int r = history_open(&s->history);

	if (r != 0)
		s->o->say("history is not kept: %s", strerror(r));
	for (size_t i = 0; i < s->history.n; i++)
		editor_load(s->editor, s->history.entry[i]);
}

static void open_editor(struct shell *s)
{
	const struct editor_opts o = {
		.color = (s->o->flags & SHELL_COLOR) != 0,
		.complete = complete,
		.arg = s,
	};

	setlocale(LC_CTYPE, ""); /* how characters are encoded */
	s->editor = editor_open(&o);
	if (!s->editor) {
		s->o->say("out of memory");
		return;
	}
	open_history(s);
	if (!(s->o->flags & SHELL_QUIET) &&
	    eval_call(s->L, "shell_start", NULL) != 0)
		eval_tell_error(s->L);
}

/* An entry that begins with a blank is not kept. */
static void remember(struct shell *s)
{
	const char *text = s->chunk.s;

	if (!s->editor || *text == ' ' || !text[strspn(text, " \t\n")])
		return;
	editor_remember(s->editor, text);
	history_add(&s->history, text);
}

/* ---- lines ---- */

/* One more line; "": no more of this chunk, NULL: the end. */
static const char *next_line(struct shell *s, char **buffer, size_t *room)
{
	const char *line = NULL;

	if (s->editor) {
		switch (editor_read(
		    s->editor, s->chunk.len ? s->chunk.s : NULL, &line)) {
		case EDITOR_LINE:
			return line;
		case EDITOR_DROPPED:
			pkw_str_clear(&s->chunk);
			return "";
		case EDITOR_END:
			/* out of the chunk first, then out of the shell */
			if (s->chunk.len && !editor_leave) {
				pkw_str_clear(&s->chunk);
				return "";
			}
			return NULL;
		}
	}
	if (interrupted || editor_leave)
		return NULL;
	ssize_t n = getline(buffer, room, stdin);
	if (n < 0)
		return NULL;
	if (n > 0 && (*buffer)[n - 1] == '\n')
		(*buffer)[n - 1] = '\0';
	return *buffer;
}

/* 0: the shell ends. */
static int take(struct shell *s, const char *line)
{
	int first = s->chunk.len == 0;

	s->lines++;
	pkw_str_add(&s->chunk, line);
	if (s->chunk.err || !s->chunk.s) {
		pkw_str_clear(&s->chunk);
		s->chunk.err = 0;
		return 1;
	}
	if (s->editor)
		forget_interrupt(s);
	enum eval r = eval_chunk(s->L, s->chunk.s, first);
	if (r == EVAL_MORE) {
		pkw_str_addc(&s->chunk, '\n');
		return 1;
	}
	remember(s);
	pkw_str_clear(&s->chunk);
	if (r == EVAL_FAILED)
		s->failed = 1;
	return r != EVAL_LEAVE && !editor_leave;
}

static void run_lines(struct shell *s)
{
	char *buffer = NULL;
	size_t room = 0;
	const char *line;

	while ((line = next_line(s, &buffer, &room)))
		if (!take(s, line))
			break;
	if (s->chunk.len && !s->editor) {
		s->o->say("the input ends inside of a chunk: %.*s",
		    (int)strcspn(s->chunk.s, "\n"), s->chunk.s);
		s->failed = 1;
	}
	free(buffer);
}

int shell_run(const struct shell_opts *o, size_t *lines)
{
	struct shell s = { .o = o, .L = script_open(0),
		.chunk = PKW_STR_INIT };

	if (!s.L) {
		o->say("out of memory");
		return 1;
	}
	script_of(s.L)->color = (o->flags & SHELL_COLOR) != 0;
	catch_signals();
	if (eval_open(s.L) != 0) {
		o->say("%s", lua_tostring(s.L, -1));
		script_close(s.L);
		return 1;
	}
	run_files(&s);
	if (o->flags & SHELL_EDIT)
		open_editor(&s);
	run_lines(&s);
	if (lines)
		*lines = s.lines;
	editor_close(s.editor);
	history_close(&s.history);
	script_close(s.L);
	pkw_str_free(&s.chunk);
	return !(o->flags & SHELL_EDIT) && s.failed;
}
