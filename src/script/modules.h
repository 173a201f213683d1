/* SPDX-License-Identifier: BSD-2-Clause */
/* The modules in lua/, in the order of loading: MODULE(name). */
MODULE(help)
MODULE(values)
MODULE(packet)
MODULE(list)
