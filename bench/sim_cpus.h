/* SPDX-License-Identifier: MIT */
/* On how many CPUs the simulated GPU runs. */
#ifndef SIM_CPUS_H
#define SIM_CPUS_H

/**
 * sim_cpus_limit() - Let the calling thread and those of the simulated GPU run on some CPUs only.
 * @num: how many.
 *
 * It is the end if there are not so many, or no such threads. When the process ends they may run
 * wherever the caller could.
 */
void sim_cpus_limit(unsigned int num);

#endif
