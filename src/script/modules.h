/* SPDX-License-Identifier: BSD-2-Clause */
/* The modules in lua/, in the order of loading: MODULE(name). */
MODULE(help)
MODULE(values)
MODULE(options)
MODULE(packet)
MODULE(table)
MODULE(list)
MODULE(files)
MODULE(exchange)
MODULE(answer)
MODULE(draw)
MODULE(automaton)
MODULE(protocol)
