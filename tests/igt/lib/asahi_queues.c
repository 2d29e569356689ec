// SPDX-License-Identifier: MIT
/* Reading the driver's list of queues. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asahi_objects.h"
#include "asahi_queues.h"
#include "igt.h"

#define QUEUE_FORMAT \
	"queue %" SCNu64 " file %" SCNu64 " vm %" SCNu64 " priority %7s waiting %u running %u " \
	"submitted render %" SCNu64 " compute %" SCNu64

void asahi_queues_read(struct asahi_queues *queues)
{
	char *text = asahi_debugfs_read("queues"), *line, *rest;

	memset(queues, 0, sizeof(*queues));
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		struct asahi_queue_line *q = &queues->lines[queues->num];
		int num;

		igt_assert_lt(queues->num, ASAHI_MAX_QUEUES);
		num = sscanf(line, QUEUE_FORMAT, &q->queue, &q->file, &q->vm, q->priority,
			     &q->waiting, &q->running, &q->render, &q->compute);
		igt_assert_f(num == 8, "queues: \"%s\"\n", line);
		queues->num++;
	}
	free(text);
}

void asahi_queues_only(struct asahi_queue_line *line)
{
	struct asahi_queues queues;

	asahi_queues_read(&queues);
	igt_assert_eq(queues.num, 1);
	*line = queues.lines[0];
}
