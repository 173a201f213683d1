/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors: one enum of negative numbers, one struct for what a person reads. */
#ifndef PKW_ERROR_H
#define PKW_ERROR_H

/*
 * Functions return 0 (or a count) when they worked and a negative enum pkw_err
 * when they did not; outputs are untouched then.  Where a person will read the
 * outcome, the last argument is a struct pkw_diag, which may be NULL: it is
 * filled only on failure, is plain data of the caller, and owns nothing.
 */

#if defined(__GNUC__)
#define PKW_API __attribute__((visibility("default")))
#define PKW_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define PKW_API
#define PKW_PRINTF(f, a)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Name, number, sentence. Numbers below 1000 are those of Linux' errno. */
#define PKW_ERRORS(X)                                                          \
	X(OK, 0, "no error")                                                   \
	X(EPERM, 1, "operation not permitted")                                 \
	X(ENOENT, 2, "no such file or name")                                   \
	X(EINTR, 4, "interrupted")                                             \
	X(EIO, 5, "input or output failed")                                    \
	X(EAGAIN, 11, "nothing there yet")                                     \
	X(ENOMEM, 12, "out of memory")                                         \
	X(EACCES, 13, "permission denied")                                     \
	X(EEXIST, 17, "exists already")                                        \
	X(ENODEV, 19, "no such interface")                                     \
	X(EINVAL, 22, "invalid argument")                                      \
	X(EFBIG, 27, "too large")                                              \
	X(ENOSPC, 28, "no space left")                                         \
	X(EPIPE, 32, "the reader has gone")                                    \
	X(ERANGE, 34, "value out of range")                                    \
	X(EMSGSIZE, 90, "packet too long for the link")                        \
	X(ENETDOWN, 100, "the link is down")                                   \
	X(ENETUNREACH, 101, "no route")                                        \
	X(ENOBUFS, 105, "the kernel's queue is full")                          \
	X(ETIMEDOUT, 110, "timed out")                                         \
	X(EHOSTUNREACH, 113, "the next hop does not answer")                   \
	X(ESYNTAX, 1001, "syntax error")                                       \
	X(ENOPROTO, 1002, "no such layer")                                     \
	X(ENOFIELD, 1003, "no such field")                                     \
	X(ETYPE, 1004, "wrong type of value")                                  \
	X(EABSENT, 1005, "the field is not present in this packet")            \
	X(ETRUNC, 1006, "cut short")                                           \
	X(EFORMAT, 1007, "not in a known format")                              \
	X(ELIMIT, 1008, "a limit was reached")                                 \
	X(ETABLE, 1009, "a protocol table is wrong")

enum pkw_err {
#define PKW_X(name, number, text) PKW_##name = (number),
	PKW_ERRORS(PKW_X)
#undef PKW_X
};

struct pkw_diag {
	int code;           /* the negative enum pkw_err */
	int line, column;   /* 1-based place in the user's text, 0: none */
	char file[128];     /* file, interface or "" */
	char text[256];     /* one line, lower case, no newline */
};

/* The sentence for a code (of either sign); never NULL. */
PKW_API const char *pkw_strerror(int code);

/*
 * Fills `d' (if not NULL) and returns `code', so that a failing function can
 * end with `return pkw_fail(d, -PKW_X, "...")'.  Long texts are cut.
 */
PKW_API int pkw_fail(struct pkw_diag *d, int code, const char *fmt, ...)
    PKW_PRINTF(3, 4);

#ifdef __cplusplus
}
#endif
#endif
