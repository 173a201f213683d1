/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pictures into files.  A new file beside the old one takes its name once it is
 * whole, so that nobody finds half a picture, nor loses the old one for it.
 */
#include "draw/canvas.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static int write_all(const char *path, int flags, struct pkw_str *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0666);

	if (fd < 0)
		return -errno;
	int r = pkw_drain(text, fd, 0);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r;
}

static int replace(const char *path, struct pkw_str *text)
{
	struct pkw_str name = PKW_STR_INIT;

	pkw_str_fmt(&name, "%s.%ld.part", path, (long)getpid());
	int r = name.err;
	if (r < 0)
		return r;
	r = write_all(name.s, O_CREAT | O_EXCL, text);
	if (r == 0 && rename(name.s, path) < 0)
		r = -errno;
	if (r < 0 && r != -EEXIST)
		unlink(name.s);
	pkw_str_free(&name);
	return r;
}

int pkw_picture_save(
    struct pkw_picture *pic, const char *path, struct pkw_diag *d)
{
	struct pkw_str text = PKW_STR_INIT;
	int r = pkw_picture_put(pic, &text);

	if (r == 0)
		r = is_special(path) ? write_all(path, 0, &text)
				     : replace(path, &text);
	pkw_str_free(&text);
	if (r < 0)
		return pkw_fail(d, r, "%.100s: %s", path, pkw_strerror(r));
	return 0;
}
