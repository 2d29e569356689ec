// SPDX-License-Identifier: MIT
/*
 * Very many small submits, from several threads to several queues. Mesa's devices have one queue
 * each, so there are two devices.
 */
#include <pthread.h>
#include <string.h>

#include "run.h"

#define NUM_QUEUES 2
#define THREADS_PER_QUEUE 2
#define SUBMITS_PER_THREAD 250
#define NUM_WORDS 32
#define WORDS_PER_QUEUE (THREADS_PER_QUEUE * NUM_WORDS)

/* A queue, and what its threads need. */
struct shared_queue {
	struct run run;
	/* Held around each use of the queue, and of @submitted. */
	pthread_mutex_t lock;
	/* Of each thread: its number of submits. */
	uint64_t submitted[THREADS_PER_QUEUE];
	/* Each thread's submits signal one point of its own after the other. */
	VkSemaphore timelines[THREADS_PER_QUEUE];
	/* Adds to the words of one thread, as often as it is submitted. */
	VkCommandBuffer commands[THREADS_PER_QUEUE];
};

struct submitter {
	/* Borrowed. */
	struct shared_queue *queue;
	unsigned int index;
	VkResult result;
};

/* Behind everything that has been submitted before. With the lock held. */
static VkResult submit(struct shared_queue *queue, unsigned int index)
{
	const uint64_t point = queue->submitted[index] + 1;
	const VkPipelineStageFlags stages[THREADS_PER_QUEUE] = {
		VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
		VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
	};
	const VkTimelineSemaphoreSubmitInfo points = {
		.sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
		.waitSemaphoreValueCount = THREADS_PER_QUEUE,
		.pWaitSemaphoreValues = queue->submitted,
		.signalSemaphoreValueCount = 1,
		.pSignalSemaphoreValues = &point,
	};
	const VkSubmitInfo info = {
		.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
		.pNext = &points,
		.waitSemaphoreCount = THREADS_PER_QUEUE,
		.pWaitSemaphores = queue->timelines,
		.pWaitDstStageMask = stages,
		.commandBufferCount = 1,
		.pCommandBuffers = &queue->commands[index],
		.signalSemaphoreCount = 1,
		.pSignalSemaphores = &queue->timelines[index],
	};
	VkResult result;

	result = vkQueueSubmit(queue->run.gpu->queue, 1, &info, VK_NULL_HANDLE);
	if (result == VK_SUCCESS)
		queue->submitted[index] = point;
	return result;
}

/* No assert in here: they end the test by a jump in the main thread. */
static void *submit_all(void *data)
{
	struct submitter *submitter = data;
	struct shared_queue *queue = submitter->queue;
	unsigned int i;

	submitter->result = VK_SUCCESS;
	for (i = 0; i < SUBMITS_PER_THREAD && submitter->result == VK_SUCCESS; i++) {
		pthread_mutex_lock(&queue->lock);
		submitter->result = submit(queue, submitter->index);
		pthread_mutex_unlock(&queue->lock);
	}
	return NULL;
}

static VkCommandBuffer record(struct run *run, uint32_t base, uint32_t tag)
{
	const uint32_t push[] = { base, tag };

	run_begin(run);
	run_push(run, push, sizeof(push));
	run_dispatch(run, 0, 1, 1, 1);
	run_barrier(run);
	VK(vkEndCommandBuffer(run->commands));
	return run->commands;
}

static void queue_create(struct shared_queue *queue, uint32_t first_tag)
{
	const VkSemaphoreTypeCreateInfo type = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
		.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
	};
	const VkSemaphoreCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
		.pNext = &type,
	};
	unsigned int i;

	pthread_mutex_init(&queue->lock, NULL);
	for (i = 0; i < THREADS_PER_QUEUE; i++) {
		VK(vkCreateSemaphore(queue->run.gpu->device, &info, NULL, &queue->timelines[i]));
		queue->commands[i] = record(&queue->run, i * NUM_WORDS, first_tag + i);
	}
}

static void queue_destroy(struct shared_queue *queue)
{
	VkDevice device = queue->run.gpu->device;
	unsigned int i;

	vkFreeCommandBuffers(device, queue->run.gpu->pool, THREADS_PER_QUEUE, queue->commands);
	for (i = 0; i < THREADS_PER_QUEUE; i++)
		vkDestroySemaphore(device, queue->timelines[i], NULL);
	pthread_mutex_destroy(&queue->lock);
}

/* The last point of each timeline, by the semaphore alone. */
static void queue_wait(const struct shared_queue *queue)
{
	const uint64_t points[THREADS_PER_QUEUE] = { SUBMITS_PER_THREAD, SUBMITS_PER_THREAD };
	const VkSemaphoreWaitInfo info = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
		.semaphoreCount = THREADS_PER_QUEUE,
		.pSemaphores = queue->timelines,
		.pValues = points,
	};

	VK(vkWaitSemaphores(queue->run.gpu->device, &info, GPU_TIMEOUT_NS));
}

static void run_threads(struct shared_queue *queues)
{
	struct submitter submitters[NUM_QUEUES * THREADS_PER_QUEUE];
	pthread_t threads[ARRAY_SIZE(submitters)];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(submitters); i++) {
		submitters[i].queue = &queues[i / THREADS_PER_QUEUE];
		submitters[i].index = i % THREADS_PER_QUEUE;
		igt_assert_eq(pthread_create(&threads[i], NULL, submit_all, &submitters[i]), 0);
	}
	for (i = 0; i < ARRAY_SIZE(submitters); i++)
		igt_assert_eq(pthread_join(threads[i], NULL), 0);
	for (i = 0; i < ARRAY_SIZE(submitters); i++)
		VK(submitters[i].result);
	for (i = 0; i < NUM_QUEUES; i++)
		queue_wait(&queues[i]);
}

/* The second queue's words end up behind those of the first one. */
static void execute_submits(struct run *run)
{
	struct shared_queue queues[NUM_QUEUES] = { 0 };
	struct gpu other;

	gpu_open(&other, run->gpu->driver, false);
	queues[0].run = *run;
	queues[1].run = (struct run){
		.program = run->program,
		.gpu = &other,
		.empty = run->empty,
	};
	run_create(&queues[1].run);
	queue_create(&queues[0], 1);
	queue_create(&queues[1], 1001);
	run_threads(queues);
	memcpy(run->buffers[0].words + WORDS_PER_QUEUE, queues[1].run.buffers[0].words,
	       WORDS_PER_QUEUE * sizeof(uint32_t));
	queue_destroy(&queues[0]);
	queue_destroy(&queues[1]);
	run_destroy(&queues[1].run);
	gpu_close(&other);
}

static const struct program programs[] = {
	{ "submits", "1000 submits from four threads to two queues.",
	  .buffers = { { .num_words = NUM_QUEUES * WORDS_PER_QUEUE, .compare = COMPARE_WORDS } },
	  .execute = execute_submits },
};

const struct program_table submit_programs = { programs, ARRAY_SIZE(programs) };
