/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer's way into check_text.c: printers, expressions, edits, templates.
 */
#include "check.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	tracing = getenv("TRACE") != NULL;
	if (size < INPUT_HEAD)
		return 0;
	size_t n = size - INPUT_HEAD;
	uint8_t *exact = malloc(n);
	if (n)
		memcpy(exact, data + INPUT_HEAD, n);
	check_text(input_proto(data), exact, n, input_seed(data));
	free(exact);
	return 0;
}
