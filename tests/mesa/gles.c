// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES3/gl31.h>

#include "fill.h"
#include "gles.h"
#include "igt.h"

/* Which language the shaders are in, and what it is called in GLSL ES: the same otherwise. */
#define VULKAN_VERSION "#version 450\n"
#define GLES_VERSION "#version 320 es\n"

struct context {
	EGLDisplay display;
	EGLContext context;
};

static void open_context(struct context *context)
{
	static const EGLint attributes[] = {
		EGL_CONTEXT_MAJOR_VERSION, 3, EGL_CONTEXT_MINOR_VERSION, 2, EGL_NONE,
	};
	const char *renderer;

	/* It tries devices that are no GPU first, and says so, which is no warning of a test's. */
	setenv("EGL_LOG_LEVEL", "fatal", 1);
	context->display = eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA,
						 EGL_DEFAULT_DISPLAY, NULL);
	igt_assert_f(eglInitialize(context->display, NULL, NULL), "EGL %#x\n", eglGetError());
	eglBindAPI(EGL_OPENGL_ES_API);
	context->context = eglCreateContext(context->display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT,
					    attributes);
	igt_assert_f(eglMakeCurrent(context->display, EGL_NO_SURFACE, EGL_NO_SURFACE,
				    context->context),
		     "EGL %#x\n", eglGetError());
	renderer = (const char *)glGetString(GL_RENDERER);
	igt_assert_f(!strncmp(renderer, "Apple ", 6), "the GPU is called %s\n", renderer);
}

static void close_context(struct context *context)
{
	eglMakeCurrent(context->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
	eglDestroyContext(context->display, context->context);
	eglTerminate(context->display);
}

/* The shader's text, in GLSL ES; to be freed. */
static char *read_text(const char *name)
{
	char path[256], *text, *version;
	FILE *file;
	long size;

	snprintf(path, sizeof(path), "%s/%s.comp", MESA_SHADERS, name);
	file = fopen(path, "re");
	igt_assert_f(file, "no %s\n", path);
	igt_assert_eq(fseek(file, 0, SEEK_END), 0);
	size = ftell(file);
	rewind(file);
	text = calloc(1, size + sizeof(GLES_VERSION));
	igt_assert(text);
	igt_assert_eq(fread(text, 1, size, file), size);
	fclose(file);

	version = strstr(text, VULKAN_VERSION);
	igt_assert_f(version, "%s has no version\n", path);
	memmove(version + strlen(GLES_VERSION), version + strlen(VULKAN_VERSION),
		strlen(version + strlen(VULKAN_VERSION)) + 1);
	memcpy(version, GLES_VERSION, strlen(GLES_VERSION));
	/* The version has to come first. */
	memmove(text, version, strlen(version) + 1);
	return text;
}

static GLuint make_program(const char *name)
{
	char *text = read_text(name), log[1024] = "";
	const char *const texts[] = { text };
	GLuint shader = glCreateShader(GL_COMPUTE_SHADER), program = glCreateProgram();
	GLint good;

	glShaderSource(shader, 1, texts, NULL);
	free(text);
	glCompileShader(shader);
	glGetShaderiv(shader, GL_COMPILE_STATUS, &good);
	if (!good)
		glGetShaderInfoLog(shader, sizeof(log), NULL, log);
	igt_assert_f(good, "%s: %s\n", name, log);
	glAttachShader(program, shader);
	glLinkProgram(program);
	glDeleteShader(shader);
	glGetProgramiv(program, GL_LINK_STATUS, &good);
	igt_assert_f(good, "%s does not link\n", name);
	return program;
}

static GLuint make_buffer(const struct program_buffer *info, unsigned int number)
{
	const size_t size = info->num_words * sizeof(uint32_t);
	const GLenum target = info->uniform ? GL_UNIFORM_BUFFER : GL_SHADER_STORAGE_BUFFER;
	uint32_t *words = malloc(size);
	GLuint buffer;

	igt_assert(words);
	fill_words(words, info->num_words, info->fill, number);
	glGenBuffers(1, &buffer);
	glBindBuffer(target, buffer);
	glBufferData(target, size, words, GL_DYNAMIC_READ);
	glBindBufferBase(target, number, buffer);
	free(words);
	return buffer;
}

static uint32_t *read_buffer(GLuint buffer, uint32_t num_words)
{
	const size_t size = num_words * sizeof(uint32_t);
	uint32_t *words = malloc(size);
	const void *map;

	igt_assert(words);
	glBindBuffer(GL_COPY_READ_BUFFER, buffer);
	map = glMapBufferRange(GL_COPY_READ_BUFFER, 0, size, GL_MAP_READ_BIT);
	igt_assert_f(map, "GL %#x\n", glGetError());
	memcpy(words, map, size);
	glUnmapBuffer(GL_COPY_READ_BUFFER);
	return words;
}

static uint32_t at_least_one(uint32_t groups)
{
	return groups ? groups : 1;
}

void gles_run_program(const struct program *program, bool empty, uint32_t *results[MAX_BUFFERS])
{
	GLuint buffers[MAX_BUFFERS], shader;
	struct context context;
	unsigned int i, num;

	open_context(&context);
	shader = make_program(empty ? "empty" : program->name);
	for (num = 0; num < MAX_BUFFERS && program->buffers[num].num_words; num++)
		buffers[num] = make_buffer(&program->buffers[num], num);
	glUseProgram(shader);
	glDispatchCompute(at_least_one(program->groups[0]), at_least_one(program->groups[1]),
			  at_least_one(program->groups[2]));
	glMemoryBarrier(GL_BUFFER_UPDATE_BARRIER_BIT);
	for (i = 0; i < num; i++)
		results[i] = read_buffer(buffers[i], program->buffers[i].num_words);
	igt_assert_eq(glGetError(), GL_NO_ERROR);
	glDeleteBuffers(num, buffers);
	glDeleteProgram(shader);
	close_context(&context);
}
